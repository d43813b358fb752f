// See gloo/context.h. LibTorch needs no name of it.
#pragma once

// Declaring all layers in one source takes half a minute to compile: they are declared by subject.
#pragma once

namespace assay {
class Registry;
}

namespace assay::layers {

void declare_composites(
    Registry& registry);  // declare_composites.cpp: what is made of layers or takes several inputs
void declare_elements(Registry& registry);   // declare_elements.cpp: what does not look at places
void declare_places(Registry& registry);     // declare_places.cpp: signals, images, shapes
void declare_sequences(Registry& registry);  // declare_sequences.cpp

}  // namespace assay::layers

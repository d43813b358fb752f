#include "datasets/mnist.h"

#include <utility>

#include "core/text.h"
#include "datasets/published.h"

namespace assay::datasets {
namespace {

// A file of one of them, which its addresses hold packed.
KnownFile known(const char* name, std::uint64_t bytes, const char* sha256,
                const std::vector<std::string>& places) {
  KnownFile file{name, bytes, sha256};
  for (const std::string& place : places) file.urls.push_back(text(place, name, ".gz"));
  return file;
}

// Files of both, in this order: train images, train labels, test images, test labels. The second folder is
// where torchvision unpacks them.
Publication mnist() {
  // Mirrors, as the origin answers to few: those of PyTorch and of the Common Visual Data Foundation.
  const std::vector<std::string> places = {"https://ossci-datasets.s3.amazonaws.com/mnist/",
                                           "https://storage.googleapis.com/cvdf-datasets/mnist/"};
  return {"mnist",
          "MNIST",
          "yann.lecun.com/exdb/mnist",
          "CC BY-SA 3.0, as Keras' documentation says",
          {"mnist", "MNIST/raw"},
          {known("train-images-idx3-ubyte", 47040016,
                 "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", places),
           known("train-labels-idx1-ubyte", 60008,
                 "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", places),
           known("t10k-images-idx3-ubyte", 7840016,
                 "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", places),
           known("t10k-labels-idx1-ubyte", 10008,
                 "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", places)}};
}

Publication fashion_mnist() {
  const std::vector<std::string> places = {
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/"
      "b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion/"};
  return {"fashion_mnist",
          "Fashion-MNIST",
          "github.com/zalandoresearch/fashion-mnist, folder data/fashion",
          "MIT",
          {"fashion-mnist", "fashion_mnist", "FashionMNIST/raw"},
          {known("train-images-idx3-ubyte", 47040016,
                 "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888", places),
           known("train-labels-idx1-ubyte", 60008,
                 "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", places),
           known("t10k-images-idx3-ubyte", 7840016,
                 "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", places),
           known("t10k-labels-idx1-ubyte", 10008,
                 "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34", places)}};
}

DatasetOutline official_outline() {
  return {Task::Kind::classification,
          Json(Json::Map{{"type", "official"}, {"valid", Json(Json::Map{{"last", "10%"}})}})};
}

struct Pairs {
  IdxPair train, test;
};

Pairs read_pairs(const Publication& publication, const std::vector<std::string>& roots) {
  std::vector<ReadFile> files = read_published(publication, roots);
  return {{std::move(files[0]), std::move(files[1])}, {std::move(files[2]), std::move(files[3])}};
}

}  // namespace

DatasetOutline MnistParams::outline() const { return official_outline(); }
DatasetOutline FashionMnistParams::outline() const { return official_outline(); }
std::vector<Publication> MnistParams::publications() { return {mnist()}; }
std::vector<Publication> FashionMnistParams::publications() { return {fashion_mnist()}; }

Mnist::Mnist(const Params& /*params*/, const Needs& needs) {
  if (!needs.input.empty()) {
    fill_input(needs);
    return;
  }
  const Pairs pairs = read_pairs(mnist(), needs.roots);
  fill(pairs.train, pairs.test, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
}

FashionMnist::FashionMnist(const Params& /*params*/, const Needs& needs) {
  if (!needs.input.empty()) {
    fill_input(needs);
    return;
  }
  const Pairs pairs = read_pairs(fashion_mnist(), needs.roots);
  fill(pairs.train, pairs.test,
       {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot"});
}

}  // namespace assay::datasets

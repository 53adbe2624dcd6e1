package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.dl4j.MergedProduct.Merged;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Named parameters, and their gradients, as views into the flat vectors. */
interface Views {

  /** Whether a parameter with a name exists. */
  boolean has(String name);

  /** The parameter with a name. */
  INDArray value(String name);

  /** The gradient of a parameter. */
  INDArray gradient(String name);

  /** The product of the factors whose names start with a prefix, if it has been merged. */
  default Optional<Merged> merged(String prefix) {
    return Optional.empty();
  }
}

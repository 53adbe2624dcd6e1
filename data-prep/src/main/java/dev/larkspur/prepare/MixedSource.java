package dev.larkspur.prepare;

import dev.larkspur.document.DocumentSource;
import dev.larkspur.storage.BadInputException;
import java.io.Serializable;

/**
 * One of several sources of documents that are mixed by shares of the tokens.
 *
 * @param name in messages and in the manifest
 * @param weight its share is this weight over the sum of all weights; above 0
 * @param maxEpochs how often each of its training documents may be used, 1 … {@link #MOST_EPOCHS}
 * @param documents its documents
 */
public record MixedSource(String name, double weight, int maxEpochs, DocumentSource documents)
    implements Serializable {
  /** What one byte of a key holds. */
  public static final int MOST_EPOCHS = 100;

  /** What one byte of a key holds. */
  public static final int MOST_SOURCES = 255;

  /** Checks that values are in range. */
  public MixedSource {
    if (name.isBlank()) {
      throw new BadInputException("A source of documents has no name: name it.");
    }
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new BadInputException(
          "The weight " + weight + " of source " + name + " is out of range: set more than 0.");
    }
    if (maxEpochs < 1 || maxEpochs > MOST_EPOCHS) {
      throw new BadInputException(
          "The highest number of epochs "
              + maxEpochs
              + " of source "
              + name
              + " is out of range: set 1 to "
              + MOST_EPOCHS
              + ".");
    }
  }
}

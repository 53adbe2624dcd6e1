package dev.larkspur.settings;

import dev.larkspur.document.DocumentFormat;
import java.util.List;

/**
 * Documents, the corpus made of them, and how.
 *
 * @param documents paths, directories or globs
 * @param corpus URI or path of the corpus's directory
 * @param format format of the documents
 * @param tokenizer {@code gpt2} or the path of a tokenizer
 * @param context tokens that the model sees of one block
 * @param validationFraction share of the documents held out, above 0 and below 1
 * @param shards Parquet files of the training blocks
 * @param seed seed of the order of the blocks and of the choice of the held-out documents
 */
public record DataSettings(
    List<String> documents,
    String corpus,
    DocumentFormat format,
    String tokenizer,
    int context,
    double validationFraction,
    int shards,
    long seed) {

  /**
   * Paths, directories or globs of the documents.
   *
   * @throws IllegalStateException if they are not set, which the {@link Purpose} allowed
   */
  @Override
  public List<String> documents() {
    return Unset.checked("data.documents", documents);
  }

  /**
   * URI or path of the corpus's directory.
   *
   * @throws IllegalStateException if it is not set, which the {@link Purpose} allowed
   */
  @Override
  public String corpus() {
    return Unset.checked("data.corpus", corpus);
  }

  /**
   * {@code gpt2} or the path of a tokenizer.
   *
   * @throws IllegalStateException if it is not set, which the {@link Purpose} allowed
   */
  @Override
  public String tokenizer() {
    return Unset.checked("data.tokenizer", tokenizer);
  }
}

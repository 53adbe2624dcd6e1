package dev.larkspur.corpus;

import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentFile;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.tokenizer.TokenizerIdentity;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that is known of a finished corpus; {@code manifest.json} in its directory.
 *
 * @param version of this form, {@link #VERSION}
 * @param tokenizer what made the ids
 * @param context tokens that a model sees; a block has context + 1
 * @param bytesPerToken 2 or 4, little-endian
 * @param seed of the split and the order
 * @param validationFraction share of documents that went into the validation split
 * @param format as the documents were read
 * @param recipe what else decides which documents are read and stay, by names of settings
 * @param inputs the files of documents, ordered by path
 * @param documents records read, and skipped by reason
 * @param train the training split
 * @param validation the validation split
 * @param unigramPerplexity perplexity of validation tokens under the frequencies of training tokens
 *     (each id counted once more than it occurred), from the first 16 shards of each split: what a
 *     model that knows no context reaches, so what training must beat
 */
public record CorpusManifest(
    int version,
    TokenizerIdentity tokenizer,
    int context,
    int bytesPerToken,
    long seed,
    double validationFraction,
    DocumentFormat format,
    Map<String, String> recipe,
    List<DocumentFile> inputs,
    DocumentCounts documents,
    SplitManifest train,
    SplitManifest validation,
    double unigramPerplexity) {
  /** The form that this code writes and reads. */
  public static final int VERSION = 2;

  /** Copies the collections. */
  public CorpusManifest {
    recipe = new TreeMap<>(recipe);
    inputs = List.copyOf(inputs);
  }

  /** One of the two splits. */
  public SplitManifest split(Split split) {
    return split == Split.TRAIN ? train : validation;
  }

  /**
   * Names this corpus: SHA-256, in hexadecimal, of the manifest as JSON without white space. Two
   * corpora with the same fingerprint have the same blocks in the same shards.
   */
  public String fingerprint() {
    return Sha256.hex(ManifestJson.compact(this));
  }
}

package dev.larkspur.corpus;

import dev.larkspur.corpus.CorpusPart.InputFile;
import dev.larkspur.corpus.CorpusPart.TextCounts;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.storage.Sha256;
import dev.larkspur.tokenizer.TokenizerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Describes a finished corpus. Every run that adds a part writes a new, self-contained manifest and
 * keeps the earlier ones: the corpus stays readable as each of them describes it.
 *
 * @param version of the format, {@link #VERSION}
 * @param format the tokens and their layout in a block
 * @param seed of the split and the order
 * @param validationFraction fraction of documents in the validation split
 * @param recipe other settings that decide which documents are read and kept, by name
 * @param unigramPerplexity perplexity of validation tokens under the frequencies of training tokens
 *     (each id counted once more than it occurred), from the first 16 shards of each split: the
 *     baseline of a model without context
 * @param parts of the corpus, in the order in which runs added them; at least one
 */
public record CorpusManifest(
    int version,
    TokenFormat format,
    long seed,
    double validationFraction,
    Map<String, String> recipe,
    double unigramPerplexity,
    List<CorpusPart> parts) {
  /** The format version that this code writes and reads. */
  public static final int VERSION = 4;

  /** Copies the collections. */
  public CorpusManifest {
    recipe = new TreeMap<>(recipe);
    parts = List.copyOf(parts);
  }

  /**
   * The tokens of a corpus and their layout in a block.
   *
   * @param tokenizer that produced the ids
   * @param context tokens that a model sees; a block has context + 1
   * @param bytesPerToken 2 or 4, little-endian
   */
  public record TokenFormat(TokenizerIdentity tokenizer, int context, int bytesPerToken) {}

  /** The tokenizer that produced the ids. */
  public TokenizerIdentity tokenizer() {
    return format.tokenizer();
  }

  /** Tokens that a model sees; a block has context + 1. */
  public int context() {
    return format.context();
  }

  /** Bytes per token: 2 or 4, little-endian. */
  public int bytesPerToken() {
    return format.bytesPerToken();
  }

  /**
   * The number of this manifest among those of its corpus, from 1, which is the number of its last
   * part.
   */
  public int number() {
    return parts.size();
  }

  /** A split of all parts together, with shards in the order of the parts. */
  public SplitManifest split(Split split) {
    return parts.stream()
        .map(part -> part.split(split))
        .reduce(SplitManifest.NONE, SplitManifest::plus);
  }

  /** The training split, all parts together. */
  public SplitManifest train() {
    return split(Split.TRAIN);
  }

  /** The validation split, all parts together. */
  public SplitManifest validation() {
    return split(Split.VALIDATION);
  }

  /** Records read for all parts, and skipped by reason. */
  public DocumentCounts documents() {
    return parts.stream()
        .map(CorpusPart::documents)
        .reduce(DocumentCounts.NONE, DocumentCounts::plus);
  }

  /** Lengths of the documents of all parts. */
  public TextCounts texts() {
    return parts.stream().map(CorpusPart::texts).reduce(TextCounts.NONE, TextCounts::plus);
  }

  /** The document files of all parts. */
  public List<InputFile> inputs() {
    return parts.stream().flatMap(part -> part.inputs().stream()).toList();
  }

  /** This corpus with one more part. */
  public CorpusManifest with(CorpusPart part, double newUnigramPerplexity) {
    List<CorpusPart> all = new ArrayList<>(parts);
    all.add(part);
    return new CorpusManifest(
        version, format, seed, validationFraction, recipe, newUnigramPerplexity, all);
  }

  /**
   * Names this corpus: SHA-256, in hexadecimal, of the manifest as JSON without white space. Two
   * corpora with the same fingerprint have the same blocks in the same shards.
   */
  public String fingerprint() {
    return Sha256.hex(ManifestJson.compact(this));
  }
}

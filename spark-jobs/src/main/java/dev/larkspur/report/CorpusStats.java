package dev.larkspur.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.CorpusPart.SourceShare;
import dev.larkspur.corpus.CorpusPart.SourceShare.SourceTokens;
import dev.larkspur.corpus.Split;
import dev.larkspur.prepare.DomainJob.DomainCount;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Statistics of a corpus; the form of the JSON output.
 *
 * @param texts documents and their tokens
 * @param blocks that they were packed into
 * @param records read, by outcome
 * @param sources share of each source in the training split of each part; empty without a mixture
 * @param domains hosts with the most records; empty unless they were requested
 * @param fingerprint of the manifest
 */
public record CorpusStats(
    @JsonUnwrapped Texts texts,
    @JsonUnwrapped Blocks blocks,
    @JsonUnwrapped Records records,
    Map<String, Map<String, SourceStats>> sources,
    List<DomainCount> domains,
    String fingerprint) {

  /**
   * Documents and their tokens.
   *
   * @param documents number of documents of all parts
   * @param textBytes their size in UTF-8
   * @param tokens including end-of-text tokens
   * @param tokensPerByte tokens without end-of-text tokens, per byte of text
   * @param tailTokens tokens that filled no block and were dropped
   */
  public record Texts(
      long documents, long textBytes, long tokens, double tokensPerByte, long tailTokens) {}

  /**
   * Blocks of tokens.
   *
   * @param trainBlocks blocks of the training split
   * @param validationBlocks blocks of the validation split
   * @param tokensPerBlock context + 1
   */
  public record Blocks(long trainBlocks, long validationBlocks, int tokensPerBlock) {}

  /**
   * Records that were read from document files.
   *
   * @param recordsRead all records, with or without a document
   * @param rejected records without a document, by reason
   * @param lengths documents by number of tokens
   * @param parts documents of each part, in their order
   */
  public record Records(
      long recordsRead,
      Map<String, Long> rejected,
      Map<String, Long> lengths,
      Map<String, Long> parts) {}

  public static CorpusStats of(CorpusManifest manifest, List<DomainCount> domains) {
    long documents = manifest.documents().kept();
    long bytes = manifest.texts().bytes();
    long tokens = manifest.train().tokens() + manifest.validation().tokens();
    long ofTexts = manifest.parts().stream().mapToLong(CorpusPart::tokensOfTexts).sum();
    return new CorpusStats(
        new Texts(
            documents,
            bytes,
            tokens,
            (double) (ofTexts - documents) / bytes,
            manifest.train().tailTokens() + manifest.validation().tailTokens()),
        new Blocks(
            manifest.train().blocks(), manifest.validation().blocks(), manifest.context() + 1),
        new Records(
            manifest.documents().read(),
            rejected(manifest),
            lengths(manifest.texts().lengths()),
            parts(manifest.parts())),
        sources(manifest.parts()),
        domains,
        manifest.fingerprint());
  }

  private static Map<String, Long> rejected(CorpusManifest manifest) {
    Map<String, Long> rejected = new LinkedHashMap<>();
    manifest
        .documents()
        .skipped()
        .forEach(
            (reason, count) ->
                rejected.put(reason.name().toLowerCase(Locale.ROOT).replace('_', ' '), count));
    return rejected;
  }

  private static Map<String, Long> lengths(List<Long> counts) {
    Map<String, Long> lengths = new LinkedHashMap<>();
    for (int i = 0; i < counts.size(); i++) {
      lengths.put("%,d to %,d".formatted(1L << i, (2L << i) - 1), counts.get(i));
    }
    return lengths;
  }

  private static Map<String, Long> parts(List<CorpusPart> all) {
    Map<String, Long> parts = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      parts.put("part " + (i + 1), all.get(i).documents().kept());
    }
    return parts;
  }

  private static Map<String, Map<String, SourceStats>> sources(List<CorpusPart> all) {
    Map<String, Map<String, SourceStats>> sources = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      Map<String, SourceStats> ofPart = new LinkedHashMap<>();
      for (SourceShare source : all.get(i).sources()) {
        ofPart.put(source.name(), SourceStats.of(all.get(i), source));
      }
      if (!ofPart.isEmpty()) {
        sources.put("part " + (i + 1), ofPart);
      }
    }
    return sources;
  }

  /** Training tokens of each source, all parts together. */
  Map<String, Long> sourceTokens() {
    Map<String, Long> tokens = new LinkedHashMap<>();
    sources
        .values()
        .forEach(
            ofPart ->
                ofPart.forEach((name, source) -> tokens.merge(name, source.tokens(), Long::sum)));
    return tokens;
  }

  /** Domains by number of records. */
  Map<String, Long> domainCounts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    domains.forEach(count -> counts.put(count.domain(), count.documents()));
    return counts;
  }

  /**
   * The share of a source in the training split of a part.
   *
   * @param documents documents in the split; one that is used twice counts twice
   * @param excluded documents excluded to reach the requested shares
   * @param tokens of the documents in the split
   * @param epochs passes over its documents
   * @param share fraction of the tokens of the split
   * @param requestedShare fraction that was requested
   */
  public record SourceStats(
      long documents,
      long excluded,
      long tokens,
      double epochs,
      double share,
      double requestedShare) {
    private static final double MOST_OFF = 0.01;

    public static SourceStats of(CorpusPart part, SourceShare source) {
      SourceTokens train = source.train();
      return new SourceStats(
          train.takenDocuments(),
          train.excluded(),
          train.takenTokens(),
          train.epochs(),
          (double) train.takenTokens() / part.train().tokens(),
          source.share());
    }

    /**
     * A warning if the share of a source in a split differs from the requested one by more than a
     * point; empty if it does not.
     */
    public static Optional<String> warning(CorpusPart part, SourceShare source, Split split) {
      double share = (double) source.split(split).takenTokens() / part.split(split).tokens();
      return Math.abs(share - source.share()) <= MOST_OFF
          ? Optional.empty()
          : Optional.of(
              "warning: source %s has %.1f %% of the %s tokens of this part, but %.1f %% were requested: its documents are too long for so small a part; add documents to the scarcest source, or prepare more at a time"
                  .formatted(
                      source.name(),
                      100 * share,
                      split == Split.TRAIN ? "training" : "validation",
                      100 * source.share()));
    }

    public String line() {
      return "%,d documents (%,d excluded), %,d tokens, %.2f epochs, %.2f %% of all; requested %.2f %%"
          .formatted(documents, excluded, tokens, epochs, 100 * share, 100 * requestedShare);
    }
  }
}

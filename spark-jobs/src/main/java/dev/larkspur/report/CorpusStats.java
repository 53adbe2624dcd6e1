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
 * What is in a corpus, as JSON shows it.
 *
 * @param texts documents and their tokens
 * @param blocks what they were packed into
 * @param records what was read, and what became of it
 * @param sources of mixed sources, what each gave to the training split of each part
 * @param domains hosts with the most records; empty if they were not asked for
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
   * @param documents tokenized, of all parts
   * @param textBytes their length in UTF-8
   * @param tokens ends of text included
   * @param tokensPerByte tokens without the ends of text, by bytes of text
   * @param tailTokens that filled no block
   */
  public record Texts(
      long documents, long textBytes, long tokens, double tokensPerByte, long tailTokens) {}

  /**
   * Blocks of tokens.
   *
   * @param trainBlocks blocks to train on
   * @param validationBlocks blocks to validate
   * @param tokensPerBlock context + 1
   */
  public record Blocks(long trainBlocks, long validationBlocks, int tokensPerBlock) {}

  /**
   * Records of the document files.
   *
   * @param recordsRead documents, and records that gave none
   * @param rejected records that gave no document, by reason
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

  /** Domains in the form of the other counts. */
  Map<String, Long> domainCounts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    domains.forEach(count -> counts.put(count.domain(), count.documents()));
    return counts;
  }

  /**
   * What a source gave to the training split of a part.
   *
   * @param documents documents that are in it, one that is used twice counted twice
   * @param leftOut documents that are not in it, so that the shares hold
   * @param tokens of the documents in it
   * @param epochs how often its documents are used
   * @param share its part of the tokens
   * @param shareAskedFor the part that was asked for
   */
  public record SourceStats(
      long documents,
      long leftOut,
      long tokens,
      double epochs,
      double share,
      double shareAskedFor) {
    private static final double MOST_OFF = 0.01;

    public static SourceStats of(CorpusPart part, SourceShare source) {
      SourceTokens train = source.train();
      return new SourceStats(
          train.takenDocuments(),
          train.leftOut(),
          train.takenTokens(),
          train.epochs(),
          (double) train.takenTokens() / part.train().tokens(),
          source.share());
    }

    /** That a split of a part is not the mixture that was asked for; empty if it is, to a point. */
    public static Optional<String> warning(CorpusPart part, SourceShare source, Split split) {
      double share = (double) source.split(split).takenTokens() / part.split(split).tokens();
      return Math.abs(share - source.share()) <= MOST_OFF
          ? Optional.empty()
          : Optional.of(
              "warning: source %s has %.1f %% of the %s tokens of this part, and %.1f %% were asked for: its documents are long beside the mixture; add documents to the scarcest source, or prepare more at a time"
                  .formatted(
                      source.name(),
                      100 * share,
                      split == Split.TRAIN ? "training" : "validation",
                      100 * source.share()));
    }

    public String line() {
      return "%,d documents (%,d excluded), %,d tokens, %.2f epochs, %.2f %% of all; asked for %.2f %%"
          .formatted(documents, leftOut, tokens, epochs, 100 * share, 100 * shareAskedFor);
    }
  }
}

package dev.larkspur.prepare;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.document.DocumentCounts;
import java.util.List;

/**
 * The estimated result of a run of {@link PrepareJob}, extrapolated from a sample by bytes of
 * input.
 *
 * @param input the files
 * @param documents records read, and skipped by reason. Only duplicates within the sample are
 *     counted: a full run finds more
 * @param rejections whether more records are bad than the limits tolerate
 * @param output the estimated corpus
 * @param cost the estimated cost
 * @param sources shares of mixed sources; empty without a mixture
 */
public record PrepareEstimate(
    @JsonUnwrapped Input input,
    DocumentCounts documents,
    Rejections rejections,
    @JsonUnwrapped Output output,
    @JsonUnwrapped Cost cost,
    List<Source> sources) {
  /**
   * The files of documents.
   *
   * @param files number of document files to add
   * @param filesKnown number of document files that the corpus contains already
   * @param inputBytes total size of the files to add
   * @param sampledBytes size of the sample
   */
  public record Input(int files, int filesKnown, long inputBytes, long sampledBytes) {}

  /**
   * The corpus.
   *
   * @param textBytes size of the texts that are kept, in UTF-8
   * @param tokens tokens of the corpus
   * @param blocks blocks of the corpus
   * @param outputBytes total size of the shards
   */
  public record Output(long textBytes, long tokens, long blocks, long outputBytes) {}

  /**
   * The work.
   *
   * @param cpuSeconds processor time of all tasks; overestimated for a small sample, because code
   *     is slow before it is compiled
   * @param cores of the Spark application that read the sample
   */
  public record Cost(double cpuSeconds, int cores) {}

  /** Whether a full run would stop because of bad records. */
  public enum Rejections {
    /** The limits tolerate them. */
    TOLERATED,
    /** There are more than the limits tolerate. */
    TOO_MANY
  }

  /**
   * One of several mixed sources.
   *
   * @param name of the source
   * @param share requested fraction of the tokens
   * @param availableTokens tokens of its documents
   * @param usedTokens tokens that the corpus would contain; more than {@code availableTokens} if
   *     documents are repeated
   */
  public record Source(String name, double share, long availableTokens, long usedTokens) {}

  /** Copies the list. */
  public PrepareEstimate {
    sources = List.copyOf(sources);
  }
}

package dev.larkspur.prepare;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.document.DocumentCounts;
import java.util.List;

/**
 * What a run of {@link PrepareJob} would give, projected from a sample by bytes of input.
 *
 * @param input the files
 * @param documents records read, and skipped by reason. Duplicates are those within the sample: a
 *     full run finds more
 * @param rejections whether more records are bad than the limits tolerate
 * @param output the corpus
 * @param cost the work
 * @param sources what each mixed source would give; empty if none are mixed
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
   * @param files document files that it would take
   * @param filesKnown document files that the corpus has already
   * @param inputBytes length of the files that it would take
   * @param sampledBytes how much of that was read
   */
  public record Input(int files, int filesKnown, long inputBytes, long sampledBytes) {}

  /**
   * The corpus.
   *
   * @param textBytes length of the texts that stay, in UTF-8
   * @param tokens tokens of the corpus
   * @param blocks blocks of the corpus
   * @param outputBytes length of all shards
   */
  public record Output(long textBytes, long tokens, long blocks, long outputBytes) {}

  /**
   * The work.
   *
   * @param cpuSeconds processor time of all tasks; that of a small sample is too high, because code
   *     is slow before it is compiled
   * @param cores of the Spark that read the sample
   */
  public record Cost(double cpuSeconds, int cores) {}

  /** Whether a full run would stop because of bad records. */
  public enum Rejections {
    /** There are few enough. */
    TOLERATED,
    /** There are too many. */
    TOO_MANY
  }

  /**
   * One of several mixed sources.
   *
   * @param name of the source
   * @param share of the tokens that is asked for
   * @param tokensThere tokens of its documents
   * @param tokensTaken tokens that it would give; more than there are if documents are used again
   */
  public record Source(String name, double share, long tokensThere, long tokensTaken) {}

  /** Copies the list. */
  public PrepareEstimate {
    sources = List.copyOf(sources);
  }
}

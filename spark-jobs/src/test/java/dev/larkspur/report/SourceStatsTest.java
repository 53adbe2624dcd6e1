package dev.larkspur.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.CorpusPart.Output;
import dev.larkspur.corpus.CorpusPart.SourceShare;
import dev.larkspur.corpus.CorpusPart.SourceShare.SourceInput;
import dev.larkspur.corpus.CorpusPart.SourceShare.SourceTokens;
import dev.larkspur.corpus.CorpusPart.TextCounts;
import dev.larkspur.corpus.Split;
import dev.larkspur.corpus.SplitManifest;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.report.CorpusStats.SourceStats;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceStatsTest {
  /** A source that was to have a fifth of a split of 1,000 tokens. */
  private static SourceShare source(long train, long validation) {
    return new SourceShare(
        "wiki",
        0.2,
        1,
        new SourceInput(DocumentFormat.JSONL, DocumentFields.REFINED_WEB, 0),
        new SourceTokens(50, 1000, 9, train),
        new SourceTokens(50, 1000, 9, validation));
  }

  private static CorpusPart part(SourceShare source) {
    SplitManifest split = new SplitManifest(20, 1000, 0, 10, List.of());
    return new CorpusPart(
        DocumentFormat.JSONL,
        List.of(),
        DocumentCounts.NONE,
        TextCounts.NONE,
        List.of(source),
        new Output(split, split, List.of()));
  }

  @Test
  void aShareThatIsOffByMoreThanAPointIsWarnedOf() {
    SourceShare off = source(189, 211);
    assertThat(SourceStats.warning(part(off), off, Split.TRAIN))
        .hasValueSatisfying(
            words ->
                assertThat(words)
                    .startsWith("warning: source wiki has 18.9 % of the training tokens of this")
                    .contains("20.0 % were requested"));
    assertThat(SourceStats.warning(part(off), off, Split.VALIDATION))
        .hasValueSatisfying(words -> assertThat(words).contains("21.1 % of the validation"));
    SourceShare near = source(191, 209);
    assertThat(SourceStats.warning(part(near), near, Split.TRAIN)).isEmpty();
    assertThat(SourceStats.warning(part(near), near, Split.VALIDATION)).isEmpty();
  }
}

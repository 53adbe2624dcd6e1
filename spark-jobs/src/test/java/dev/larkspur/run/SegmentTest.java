package dev.larkspur.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.run.SegmentsInput.Segment;
import dev.larkspur.tensor.Shard;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever has written a file and whoever reads it: each byte once, and each rank its own. */
class SegmentTest {
  private static final int HEADER = 37;

  @ParameterizedTest
  @CsvSource({"1000, 1, 1", "1000, 1, 3", "1000, 3, 1", "1000, 3, 4", "1000, 7, 5", "10, 3, 2"})
  void everyByteIsReadOnceByTheRankWhoseElementItIs(int elements, int writers, int readers) {
    List<StoredFile> parts = new ArrayList<>();
    for (int rank = 0; rank < writers; rank++) {
      long bytes = 4 * Shard.of(elements, rank, writers).length() + (rank == 0 ? HEADER : 0);
      parts.add(new StoredFile("part" + rank, bytes, ""));
    }
    List<Segment> segments = Segment.divide(parts, elements, readers);
    long at = 0;
    int part = 0;
    long inPart = 0;
    for (Segment segment : segments) {
      while (part < segment.part()) {
        assertThat(inPart).isEqualTo(parts.get(part).bytes());
        part++;
        inPart = 0;
      }
      assertThat(segment.from()).isEqualTo(inPart);
      Shard own = Shard.of(elements, segment.rank(), readers);
      assertThat(at)
          .isGreaterThanOrEqualTo(segment.rank() == 0 ? 0 : HEADER + 4 * own.offset())
          .isLessThan(HEADER + 4 * (own.offset() + own.length()));
      at += segment.length();
      inPart += segment.length();
      assertThat(at).isLessThanOrEqualTo(HEADER + 4 * (own.offset() + own.length()));
    }
    assertThat(at).isEqualTo(HEADER + 4L * elements);
  }
}

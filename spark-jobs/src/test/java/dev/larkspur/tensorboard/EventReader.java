package dev.larkspur.tensorboard;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.UnknownFieldSet;
import org.tensorflow.framework.Summary;
import org.tensorflow.hadoop.util.TFRecordReader;

/**
 * Reads event files with TensorFlow's own classes: its reader of TFRecord files, which checks the
 * checksums, and its generated class of summaries. That of events is in no library without natives;
 * its few fields are read by their numbers.
 */
public final class EventReader {
  private EventReader() {}

  /** An event; the file's version is empty in all but the first of a file. */
  public record ReadEvent(
      String file, double wallTime, long step, String fileVersion, Summary summary) {}

  /** One value of a summary. */
  public record ReadValue(long step, Summary.Value value) {}

  /** All events of a run, in the order in which TensorBoard reads its files. */
  public static List<ReadEvent> events(Path run) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(run.resolve("tensorboard"))) {
      files =
          found.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
    }
    List<ReadEvent> events = new ArrayList<>();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        TFRecordReader records = new TFRecordReader(in, true);
        for (byte[] record = records.read(); record != null; record = records.read()) {
          events.add(event(file.getFileName().toString(), UnknownFieldSet.parseFrom(record)));
        }
      }
    }
    return events;
  }

  /** The values of a tag. */
  public static List<ReadValue> values(Path run, String tag) throws IOException {
    return events(run).stream()
        .flatMap(
            event ->
                event.summary().getValueList().stream()
                    .filter(value -> value.getTag().equals(tag))
                    .map(value -> new ReadValue(event.step(), value)))
        .toList();
  }

  /** The steps of a tag. */
  public static List<Long> steps(Path run, String tag) throws IOException {
    return values(run, tag).stream().map(ReadValue::step).toList();
  }

  private static ReadEvent event(String file, UnknownFieldSet fields) throws IOException {
    List<Long> steps = fields.getField(2).getVarintList();
    List<ByteString> versions = fields.getField(3).getLengthDelimitedList();
    List<ByteString> summaries = fields.getField(5).getLengthDelimitedList();
    return new ReadEvent(
        file,
        Double.longBitsToDouble(fields.getField(1).getFixed64List().get(0)),
        steps.isEmpty() ? 0 : steps.get(0),
        versions.isEmpty() ? "" : versions.get(0).toStringUtf8(),
        summaries.isEmpty()
            ? Summary.getDefaultInstance()
            : Summary.parseFrom(summaries.get(0).toByteArray()));
  }
}

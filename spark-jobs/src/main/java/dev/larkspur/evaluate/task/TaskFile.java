package dev.larkspur.evaluate.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.storage.QualifiedPath;
import dev.larkspur.storage.TaskFailures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The questions of a file: JSON lines, one JSON list, or Parquet.
 *
 * @param name of the task: that of the file without its ending
 * @param path of the file, as given
 * @param format of the file
 * @param questions in the order of the file, at least one
 */
public record TaskFile(String name, String path, TaskFormat format, List<Question> questions) {
  private static final String PARQUET = ".parquet";
  private static final String LABELS = "-labels.lst";
  private static final ObjectMapper JSON = new ObjectMapper();

  public TaskFile {
    questions = List.copyOf(questions);
  }

  /**
   * Reads all questions of a file.
   *
   * @param path on any Hadoop file system
   * @param given its format; if empty, it is detected from the fields of the first record
   * @throws BadInputException naming the file, the line and the field that are wrong
   */
  public static TaskFile read(String path, Optional<TaskFormat> given, Configuration conf) {
    List<TaskRecord> records;
    try {
      records = records(path, conf);
    } catch (FileNotFoundException e) {
      throw new BadInputException(
          path + " does not exist: correct --tasks or --shots-from, or download the file", e);
    } catch (IOException | RuntimeException e) {
      if (e instanceof BadInputException known) {
        throw known;
      }
      throw new BadInputException(
          "%s cannot be read (%s): give a file of JSON lines (.jsonl), a JSON list, or Parquet (.parquet)"
              .formatted(path, TaskFailures.rootMessage(e)),
          e);
    }
    if (records.isEmpty()) {
      throw new BadInputException(path + " has no questions: download it again");
    }
    TaskFormat format = given.orElseGet(() -> formatOf(records.get(0)));
    List<Question> questions = records.stream().map(format::question).toList();
    return new TaskFile(nameOf(path), path, format, questions);
  }

  /** Its first questions, at most as many as given. */
  public TaskFile first(int most) {
    return new TaskFile(name, path, format, questions.subList(0, Math.min(most, questions.size())));
  }

  private static TaskFormat formatOf(TaskRecord first) {
    return TaskFormat.of(first)
        .orElseThrow(
            () -> {
              List<String> fields = new ArrayList<>();
              first.fields().fieldNames().forEachRemaining(fields::add);
              return new BadInputException(
                  "%s: the fields %s are those of no known task: give --task-format, or write the questions as one of %s"
                      .formatted(
                          first.place(),
                          fields,
                          Arrays.stream(TaskFormat.values())
                              .map(format -> format.word() + " " + format.fields())
                              .collect(Collectors.joining(", "))));
            });
  }

  private static String nameOf(String path) {
    String file = new Path(path).getName();
    int dot = file.lastIndexOf('.');
    return dot > 0 ? file.substring(0, dot) : file;
  }

  private static List<TaskRecord> records(String path, Configuration conf) throws IOException {
    Path file = QualifiedPath.of(path, conf);
    FileSystem files = PrivateBuffers.fileSystem(file, conf);
    if (files.getFileStatus(file).isDirectory()) {
      throw new BadInputException(path + " is a directory: name a file in it");
    }
    if (path.endsWith(PARQUET)) {
      List<TaskRecord> records = new ArrayList<>();
      for (JsonNode row : ParquetRows.read(file, conf)) {
        records.add(new TaskRecord(path + ", row " + (records.size() + 1), row));
      }
      return records;
    }
    List<TaskRecord> records = new ArrayList<>();
    try (InputStream in = files.open(file)) {
      readJson(path, in, records);
    }
    addLabels(path, records, files, file);
    return records;
  }

  private static void readJson(String path, InputStream in, List<TaskRecord> records)
      throws IOException {
    try (MappingIterator<JsonNode> values = JSON.readerFor(JsonNode.class).readValues(in)) {
      while (values.hasNextValue()) {
        JsonNode value = values.nextValue();
        String place = path + ", line " + values.getCurrentLocation().getLineNr();
        if (!value.isObject()) {
          throw new BadInputException(
              place + " is not a JSON object: give one object for each question");
        }
        records.add(new TaskRecord(place, value));
      }
    } catch (JsonProcessingException e) {
      throw new BadInputException(
          "%s, line %d is not valid JSON (%s): correct it, or download the file again"
              .formatted(path, e.getLocation().getLineNr(), e.getOriginalMessage()),
          e);
    }
  }

  /** PIQA's JSON lines have their labels in a file of their own, one a line. */
  private static void addLabels(String path, List<TaskRecord> records, FileSystem files, Path file)
      throws IOException {
    if (records.isEmpty()
        || records.get(0).has("label")
        || TaskFormat.of(records.get(0)).filter(TaskFormat.PIQA::equals).isEmpty()) {
      return;
    }
    Path labels = new Path(file.getParent(), nameOf(path) + LABELS);
    if (!files.exists(labels)) {
      throw new BadInputException(
          "%s: the field \"label\" is missing, and so is %s: put the file of labels there, or give PIQA as Parquet"
              .formatted(records.get(0).place(), labels));
    }
    List<String> lines;
    try (InputStream in = files.open(labels)) {
      lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    if (lines.size() != records.size()) {
      throw new BadInputException(
          "%s has %,d labels, and %s has %,d questions: give the files of the same split"
              .formatted(labels, lines.size(), path, records.size()));
    }
    for (int i = 0; i < lines.size(); i++) {
      ((ObjectNode) records.get(i).fields()).put("label", lines.get(i).strip());
    }
  }
}

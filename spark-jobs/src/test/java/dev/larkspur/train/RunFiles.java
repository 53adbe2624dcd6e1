package dev.larkspur.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What lies in a run's directory, on the local file system. */
public final class RunFiles {
  private RunFiles() {}

  /** The directory of the checkpoint of a step; of the latest attempt's, if several wrote it. */
  public static Path checkpoint(Path run, long step) {
    String prefix = "step-%08d-attempt-".formatted(step);
    return list(run.resolve("checkpoints")).stream()
        .filter(directory -> name(directory).startsWith(prefix))
        .max((a, b) -> Integer.compare(attempt(a), attempt(b)))
        .orElseThrow(() -> new IllegalStateException("no checkpoint of step " + step));
  }

  /** Steps that there are directories of checkpoints for, in ascending order. */
  public static List<Long> steps(Path run) {
    return list(run.resolve("checkpoints")).stream()
        .map(directory -> Long.parseLong(name(directory).split("-", -1)[1]))
        .distinct()
        .sorted()
        .toList();
  }

  /** The content of the files with tensors of a step's checkpoint, by name. */
  public static Map<String, ByteBuffer> tensors(Path run, long step) {
    return list(checkpoint(run, step)).stream()
        .filter(file -> name(file).contains(".safetensors"))
        .collect(Collectors.toMap(RunFiles::name, RunFiles::read, (a, b) -> a, TreeMap::new));
  }

  /** A parameter of a step's checkpoint of one or several files. */
  public static double[] parameter(Path run, long step, String name) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (Map.Entry<String, ByteBuffer> file : tensors(run, step).entrySet()) {
      if (file.getKey().startsWith("model.safetensors")) {
        ByteBuffer content = file.getValue().duplicate();
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        whole.writeBytes(bytes);
      }
    }
    ByteBuffer file = ByteBuffer.wrap(whole.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) file.getLong();
    byte[] text = new byte[header];
    file.get(text);
    JsonNode offsets = new ObjectMapper().readTree(text).path(name).path("data_offsets");
    int from = Long.BYTES + header + offsets.path(0).asInt();
    double[] values = new double[(offsets.path(1).asInt() - offsets.path(0).asInt()) / Float.BYTES];
    for (int i = 0; i < values.length; i++) {
      values[i] = file.getFloat(from + i * Float.BYTES);
    }
    return values;
  }

  /** What the parameters' file of a step's checkpoint says of its tensors, and more behind it. */
  public static String header(Path run, long step) {
    return tensors(run, step).entrySet().stream()
        .filter(file -> file.getKey().startsWith("model.safetensors"))
        .map(file -> StandardCharsets.ISO_8859_1.decode(file.getValue()).toString())
        .collect(Collectors.joining());
  }

  /** Paths of all files, below the directory. */
  public static List<String> names(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> run.relativize(file).toString())
          .toList();
    }
  }

  /** All lines of metrics, in the order of the pieces. */
  public static List<JsonNode> metrics(Path run) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(run.resolve("metrics"))) {
      for (Path file : files.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(json.readTree(line));
        }
      }
    }
    return lines;
  }

  /** Deletes the lines of validations from the metrics. */
  public static void deleteValidations(Path run) throws IOException {
    for (Path file : list(run.resolve("metrics"))) {
      List<String> lines = Files.readAllLines(file);
      Files.write(file, lines.stream().filter(line -> !line.contains("validationLoss")).toList());
    }
  }

  /** Copies a run as it was when it had written the checkpoint of a step. */
  public static void copyUpTo(Path run, Path copy, long step) throws IOException {
    for (String name : names(run)) {
      Path target = copy.resolve(name);
      Files.createDirectories(target.getParent());
      Files.copy(run.resolve(name), target);
    }
    for (long later : steps(copy)) {
      if (later > step) {
        Files.delete(checkpoint(copy, later).resolve("manifest.json"));
      }
    }
  }

  private static int attempt(Path directory) {
    return Integer.parseInt(name(directory).substring(name(directory).lastIndexOf('-') + 1));
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  private static ByteBuffer read(Path file) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

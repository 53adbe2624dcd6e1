package dev.larkspur.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.storage.ChecksummedJson;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code manifest.json} of a checkpoint. It is written last and commits the checkpoint. It contains
 * its own checksum.
 *
 * @param version of the format
 * @param step updates done
 * @param attempt number of the attempt that wrote it
 * @param files all other files of the checkpoint
 */
record CheckpointManifest(int version, long step, int attempt, List<StoredFile> files) {
  static final int VERSION = 4;
  static final String FILE = "manifest.json";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Name of a file directly in the directory of the checkpoint. */
  private static final Pattern NAME = Pattern.compile("\\w[\\w.-]*");

  CheckpointManifest {
    files = List.copyOf(files);
  }

  byte[] toJson() {
    try {
      return ChecksummedJson.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is JSON", e);
    }
  }

  /**
   * Reads the manifest of a checkpoint.
   *
   * @param where the file, for messages
   * @param bytes its content
   * @return empty if its writer was interrupted
   * @throws SafetensorsException if it is of another version
   * @throws IllegalArgumentException if it is damaged; the message gives the reason
   */
  static Optional<CheckpointManifest> read(CheckpointName name, String where, byte[] bytes) {
    ChecksummedJson.Content content = ChecksummedJson.read(bytes);
    return switch (content.state()) {
      case TRUNCATED -> Optional.empty();
      case DAMAGED ->
          throw new IllegalArgumentException("its content has changed since it was written");
      case UNCHECKED, INTACT -> Optional.of(read(name, where, content));
    };
  }

  private static CheckpointManifest read(
      CheckpointName name, String where, ChecksummedJson.Content content) {
    try {
      JsonNode tree = JSON.readTree(content.json());
      JsonNode version = tree.path("version");
      if (version.isInt() && version.asInt() != VERSION) {
        throw new SafetensorsException(
            "%s is of version %d, and this Larkspur reads version %d: use the Larkspur that wrote it, or another run.dir"
                .formatted(where, version.asInt(), VERSION));
      }
      if (content.state() != ChecksummedJson.State.INTACT) {
        throw new IllegalArgumentException("it has no checksum");
      }
      return JSON.treeToValue(tree, CheckpointManifest.class).requireSound(name);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not the JSON that was written", e);
    }
  }

  /** Detects what the checksum does not: a manifest copied from elsewhere or edited. */
  private CheckpointManifest requireSound(CheckpointName name) {
    if (step != name.step() || attempt != name.attempt()) {
      throw new IllegalArgumentException(
          "it is that of step %d, attempt %d".formatted(step, attempt));
    }
    Set<String> names = new HashSet<>();
    for (StoredFile file : files) {
      if (!NAME.matcher(file.name()).matches() || !names.add(file.name()) || file.bytes() < 0) {
        throw new IllegalArgumentException("it lists a file '%s'".formatted(file.name()));
      }
    }
    if (!names.contains(CheckpointStore.STATE)) {
      throw new IllegalArgumentException("it lists no " + CheckpointStore.STATE);
    }
    return this;
  }

  /**
   * A file as a manifest lists it.
   *
   * @param name relative to the manifest's directory
   * @param bytes its length
   * @param crc32c of its content, 8 digits in hexadecimal
   */
  public record StoredFile(String name, long bytes, String crc32c) implements Serializable {}
}

package dev.larkspur.corpus;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.corpus.CorpusDirectory.Damage;
import dev.larkspur.corpus.CorpusPart.SourceShare;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.ChecksummedJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Manifests as JSON. */
public final class ManifestJson {
  /** Groups of components whose fields are one level higher in JSON than in Java. */
  private static final Map<String, List<String>> MANIFEST_GROUPS =
      Map.of("format", List.of("tokenizer", "context", "bytesPerToken"));

  private static final Map<String, List<String>> PART_GROUPS =
      Map.of("output", List.of("train", "validation", "leftOut"));

  private static final Map<String, List<String>> SOURCE_GROUPS =
      Map.of("input", List.of("format", "fields", "files"));

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Jackson unwraps components of records only when writing. */
  private static final JsonMapper WRITER =
      JsonMapper.builder()
          .addMixIn(CorpusManifest.class, FlatManifest.class)
          .addMixIn(CorpusPart.class, FlatPart.class)
          .addMixIn(SourceShare.class, FlatSource.class)
          .build();

  /** The release that wrote a file. It describes no block, so it is no part of the fingerprint. */
  private static final String WRITTEN_BY = "writtenBy";

  private ManifestJson() {}

  @SuppressWarnings("UnusedMethod") // Jackson reads its annotations.
  private interface FlatManifest {
    @JsonUnwrapped
    CorpusManifest.TokenFormat format();
  }

  @SuppressWarnings("UnusedMethod") // Jackson reads its annotations.
  private interface FlatPart {
    @JsonUnwrapped
    CorpusPart.Output output();
  }

  @SuppressWarnings("UnusedMethod") // Jackson reads its annotations.
  private interface FlatSource {
    @JsonUnwrapped
    SourceShare.SourceInput input();
  }

  static byte[] compact(CorpusManifest manifest) {
    return write(WRITER.writer(), manifest);
  }

  /** The bytes of a file that detects truncation and damage. */
  public static byte[] file(CorpusManifest manifest) {
    ObjectNode tree = WRITER.valueToTree(manifest);
    tree.put(
        WRITTEN_BY,
        "larkspur "
            + Optional.ofNullable(ManifestJson.class.getPackage().getImplementationVersion())
                .orElse("development"));
    return ChecksummedJson.write(
        new String(write(WRITER.writerWithDefaultPrettyPrinter(), tree), StandardCharsets.UTF_8));
  }

  private static byte[] write(ObjectWriter writer, Object manifest) {
    try {
      return writer.writeValueAsString(manifest).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Reads a manifest.
   *
   * @param where name of the file for messages
   * @return empty if the file is truncated because its writer was interrupted
   * @throws BadInputException if it is damaged, of an unknown version, or not a manifest
   */
  static Optional<CorpusManifest> read(String where, byte[] file) {
    ChecksummedJson.Content content = ChecksummedJson.read(file);
    return switch (content.state()) {
      case TRUNCATED -> Optional.empty();
      case DAMAGED -> throw damaged(where, "its bytes are not those that were written");
      case UNCHECKED -> throw unsupported(where, content.json());
      case INTACT -> Optional.of(parse(where, content.json()));
    };
  }

  static BadInputException damaged(String where, String how) {
    return new BadInputException(where + " is damaged (" + how + ")" + Damage.MANIFEST);
  }

  private static CorpusManifest parse(String where, String json) {
    CorpusManifest manifest;
    try {
      JsonNode tree = JSON.readTree(json);
      if (tree.path("version").asInt() != CorpusManifest.VERSION) {
        throw otherVersion(where, tree.path("version").asInt());
      }
      manifest = JSON.treeToValue(grouped(tree), CorpusManifest.class);
    } catch (JsonProcessingException e) {
      throw notAManifest(where, e.getOriginalMessage(), e);
    }
    Optional<String> problem = ManifestCheck.problem(manifest);
    if (problem.isPresent()) {
      throw damaged(where, "it says: " + problem.get());
    }
    return manifest;
  }

  private static JsonNode grouped(JsonNode manifest) {
    if (manifest instanceof ObjectNode fields) {
      fields.remove(WRITTEN_BY);
    }
    group(manifest, MANIFEST_GROUPS);
    for (JsonNode part : manifest.path("parts")) {
      group(part, PART_GROUPS);
      part.path("sources").forEach(source -> group(source, SOURCE_GROUPS));
    }
    return manifest;
  }

  private static void group(JsonNode node, Map<String, List<String>> groups) {
    if (node instanceof ObjectNode fields) {
      groups.forEach(
          (name, members) -> {
            ObjectNode group = fields.objectNode();
            for (String member : members) {
              if (fields.has(member)) {
                group.set(member, fields.remove(member));
              }
            }
            fields.set(name, group);
          });
    }
  }

  /** Releases before version 4 wrote manifests without a checksum. */
  private static BadInputException unsupported(String where, String json) {
    try {
      JsonNode version = JSON.readTree(json).path("version");
      return version.isInt()
          ? otherVersion(where, version.asInt())
          : notAManifest(where, "it has no version", null);
    } catch (JsonProcessingException e) {
      return notAManifest(where, e.getOriginalMessage(), e);
    }
  }

  private static BadInputException otherVersion(String where, int version) {
    return new BadInputException(
        where
            + " has version "
            + version
            + ", and this release reads version "
            + CorpusManifest.VERSION
            + ": use the release that prepared the corpus, or prepare it again elsewhere.");
  }

  private static BadInputException notAManifest(String where, String how, Exception cause) {
    return new BadInputException(
        where
            + " is not the manifest of a corpus ("
            + how
            + "): correct the path, or choose another directory.",
        cause);
  }
}

package dev.larkspur.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Manifests as JSON. */
final class ManifestJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ManifestJson() {}

  static byte[] compact(CorpusManifest manifest) {
    return write(JSON.writer(), manifest);
  }

  static byte[] readable(CorpusManifest manifest) {
    return write(JSON.writerWithDefaultPrettyPrinter(), manifest);
  }

  private static byte[] write(ObjectWriter writer, CorpusManifest manifest) {
    try {
      return writer.writeValueAsString(manifest).getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Reads a manifest.
   *
   * @param where what messages call it
   * @throws IOException if it was cut while it was written
   * @throws CorpusException if it is of a version that this code does not know, or no manifest
   */
  static CorpusManifest read(String where, byte[] json) throws IOException {
    JsonNode tree = JSON.readTree(json);
    if (tree.isMissingNode()) {
      throw new IOException(where + " is empty");
    }
    int version = tree.path("version").asInt();
    if (tree.path("version").isInt() && version != CorpusManifest.VERSION) {
      throw new CorpusException(
          where
              + " has version "
              + version
              + ", and this release reads version "
              + CorpusManifest.VERSION
              + ": use the release that prepared the corpus, or prepare it again elsewhere.");
    }
    try {
      return JSON.treeToValue(tree, CorpusManifest.class);
    } catch (JsonProcessingException other) {
      throw new CorpusException(
          where
              + " is not the manifest of a corpus ("
              + other.getOriginalMessage()
              + "): correct the path, or choose another directory.",
          other);
    }
  }
}

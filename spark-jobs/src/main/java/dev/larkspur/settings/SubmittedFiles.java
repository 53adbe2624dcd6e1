package dev.larkspur.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Settings files that travel with a submission to a driver on another host, with those that they
 * include: as the value of one of Spark's properties, which every cluster manager hands over.
 *
 * @param texts by the name under which the command, or the including file, finds them
 */
public record SubmittedFiles(Map<String, String> texts) {
  /** The property; Spark only hands over those that begin with its own name. */
  public static final String PROPERTY = "spark.larkspur.settings";

  private static final ObjectMapper JSON = new ObjectMapper();

  public SubmittedFiles {
    texts = Map.copyOf(texts);
  }

  /**
   * Reads files on disk and all that they include; packaged presets are everywhere.
   *
   * @throws SettingsException if one of them is missing or is not HOCON
   */
  public static SubmittedFiles of(List<String> names) {
    Map<String, String> texts = new TreeMap<>();
    names.forEach(
        name ->
            SettingsFile.find(name)
                .ifPresent(
                    file ->
                        Includes.parse(
                            file,
                            read -> {
                              if (read.isOnDisk()) {
                                texts.put(read.name(), read.text());
                              }
                            })));
    return new SubmittedFiles(texts);
  }

  /** The value of the property, in ASCII without spaces. */
  public String encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(JSON.writeValueAsBytes(new TreeMap<>(texts)));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  /** The files that a property's value holds. */
  static SubmittedFiles decoded(String value) {
    byte[] bytes = Base64.getUrlDecoder().decode(value);
    try (GZIPInputStream zip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      String json = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
      return new SubmittedFiles(JSON.readValue(json, new TypeReference<Map<String, String>>() {}));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(PROPERTY + " holds no settings files", e);
    } catch (IOException e) {
      throw new UncheckedIOException(PROPERTY + " cannot be read", e);
    }
  }

  /** The text of a file that has travelled to this driver; empty if it has not. */
  static Optional<String> text(String name) {
    return Optional.ofNullable(System.getProperty(PROPERTY))
        .map(value -> decoded(value).texts().get(name));
  }
}

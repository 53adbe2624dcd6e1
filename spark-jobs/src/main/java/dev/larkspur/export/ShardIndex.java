package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.layout.FileTensor;
import dev.larkspur.storage.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;

/** Which shard holds which tensor: the {@code weight_map} of an index beside the shards. */
final class ShardIndex {
  static final String FILE = "model.safetensors.index.json";

  /** A file of the same directory. */
  private static final Pattern SHARD = Pattern.compile("[^/\\\\:.][^/\\\\:]*\\.safetensors");

  private final Path path;
  private final Map<String, String> shards = new LinkedHashMap<>();

  private ShardIndex(Path path) {
    this.path = path;
  }

  /**
   * Reads the index of a directory.
   *
   * @throws BadInputException if it is none, or names files elsewhere
   */
  static ShardIndex read(ModelDirectory from) {
    ShardIndex index = new ShardIndex(from.path(FILE));
    JsonNode map = from.readJson(FILE).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw index.refuse("it has no weight_map from tensors to files");
    }
    map.properties().forEach(entry -> index.add(entry.getKey(), entry.getValue()));
    return index;
  }

  private void add(String tensor, JsonNode shard) {
    if (!shard.isTextual() || !SHARD.matcher(shard.asText()).matches()) {
      throw refuse(
          "it has tensor %s in %s, which is no safetensors file beside it"
              .formatted(tensor, shard));
    }
    shards.put(tensor, shard.asText());
  }

  /** Names of the files. */
  Set<String> shards() {
    return new TreeSet<>(shards.values());
  }

  boolean isIn(String shard, String tensor) {
    return shard.equals(shards.get(tensor));
  }

  /** Those of the tensors that a file holds. */
  List<FileTensor> in(String shard, List<FileTensor> tensors) {
    return tensors.stream().filter(tensor -> isIn(shard, tensor.name())).toList();
  }

  /**
   * Makes sure that the index names the tensors of a model.
   *
   * @param copies that it may name too
   * @param unused names that it may have and that mean nothing
   * @throws BadInputException naming those that are missing or too many
   */
  void requireAll(List<FileTensor> tensors, List<FileTensor> copies, Predicate<String> unused) {
    List<String> problems = new ArrayList<>();
    tensors.stream()
        .filter(tensor -> !shards.containsKey(tensor.name()))
        .forEach(tensor -> problems.add(tensor.name() + " is missing"));
    Set<String> known =
        Stream.concat(tensors.stream(), copies.stream())
            .map(FileTensor::name)
            .collect(Collectors.toSet());
    shards.keySet().stream()
        .filter(name -> !known.contains(name) && !unused.test(name))
        .forEach(name -> problems.add(name + " is not part of this model"));
    if (!problems.isEmpty()) {
      throw refuse(
          "it is not of the model that its %s describes: %s"
              .formatted(ModelDirectory.CONFIG, String.join("; ", problems)));
    }
  }

  private BadInputException refuse(String reason) {
    return new BadInputException(
        "%s cannot be used, because %s; get the model's files again".formatted(path, reason));
  }
}

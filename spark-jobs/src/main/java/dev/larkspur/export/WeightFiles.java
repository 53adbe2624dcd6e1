package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.layout.FileTensor;
import dev.larkspur.layout.FileTensor.Range;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.safetensors.TensorFile;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tensor.FlatVector;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
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

/** The tensors of a model's directory: in one file, or in shards that an index names. */
final class WeightFiles {
  private final ModelDirectory from;
  private final Layout layout;
  private final ModelConfig model;

  /** The weight files of a model that fits the layout. */
  WeightFiles(ModelDirectory from, Layout layout, ModelConfig model) {
    this.from = from;
    this.layout = layout;
    this.model = model;
  }

  /**
   * Reads the parameters.
   *
   * @throws BadInputException if the files are not those of the model, or hold values that are not
   *     finite
   */
  void read(FlatVector into) {
    try {
      Map<String, Long> checksums = new HashMap<>();
      for (WeightFile file : files()) {
        try (InputStream in = new BufferedInputStream(from.open(file.name()))) {
          checksums.putAll(TensorFile.read(in, path(file), file.contents(), into));
        } catch (IOException e) {
          throw from.cannot("read", file.name(), e);
        }
      }
      requireSame(checksums, into);
    } catch (SafetensorsException e) {
      throw new BadInputException(e.getMessage(), e);
    }
    new FiniteValues(
            from.path(from.has(ShardIndex.FILE) ? ShardIndex.FILE : ModelDirectory.TENSORS))
        .require(layout.tensors(model), into);
  }

  /**
   * Checks index and headers, without reading the parameters.
   *
   * @throws BadInputException if the files are not those of the model
   */
  void check() {
    for (WeightFile file : files()) {
      try (InputStream in = new BufferedInputStream(from.open(file.name()))) {
        TensorFile.check(in, path(file), file.contents());
      } catch (IOException e) {
        throw from.cannot("read", file.name(), e);
      } catch (SafetensorsException e) {
        throw new BadInputException(e.getMessage(), e);
      }
    }
  }

  private String path(WeightFile file) {
    return from.path(file.name()).toString();
  }

  /** A file and what it must hold. */
  private record WeightFile(String name, TensorFile.Contents contents) {}

  private List<WeightFile> files() {
    return from.has(ShardIndex.FILE)
        ? shards()
        : List.of(
            new WeightFile(
                ModelDirectory.TENSORS,
                new TensorFile.Contents(
                    layout.tensors(model),
                    layout.copies(model),
                    this::isUnused,
                    "its " + ModelDirectory.CONFIG,
                    "this model")));
  }

  private List<WeightFile> shards() {
    if (from.has(ModelDirectory.TENSORS)) {
      throw new BadInputException(
          "there are both %s and %s, and they may hold different parameters: remove the older one, with its shards"
              .formatted(from.path(ModelDirectory.TENSORS), ShardIndex.FILE));
    }
    ShardIndex index = ShardIndex.read(from);
    index.requireAll(layout.tensors(model), layout.copies(model), this::isUnused);
    List<String> missing = index.shards().stream().filter(shard -> !from.has(shard)).toList();
    if (!missing.isEmpty()) {
      throw new BadInputException(
          "%s names files that are missing: %s; get the model's files again"
              .formatted(from.path(ShardIndex.FILE), String.join(", ", missing)));
    }
    return index.shards().stream()
        .map(
            shard ->
                new WeightFile(
                    shard,
                    new TensorFile.Contents(
                        index.in(shard, layout.tensors(model)),
                        index.in(shard, layout.copies(model)),
                        name -> isUnused(name) && index.isIn(shard, name),
                        ShardIndex.FILE,
                        "this shard")))
        .toList();
  }

  private void requireSame(Map<String, Long> checksums, FlatVector parameters) {
    List<String> others = new ArrayList<>();
    for (FileTensor copy : layout.copies(model)) {
      Long stored = checksums.get(copy.name());
      if (stored != null && stored != TensorFile.checksum(copy, parameters)) {
        others.add(copy.name());
      }
    }
    if (!others.isEmpty()) {
      throw new BadInputException(
          "%s has tie_word_embeddings true, but %s is there and is not the embedding: correct tie_word_embeddings"
              .formatted(from.path(ModelDirectory.CONFIG), String.join(", ", others)));
    }
  }

  /** Whether a tensor is a table that older versions of transformers stored. */
  private boolean isUnused(String name) {
    return layout != Layout.LARKSPUR
        && (name.endsWith(".rotary_emb.inv_freq")
            || name.endsWith(".attention.bias")
            || name.endsWith(".attention.masked_bias"));
  }

  /** Refuses parameters that are not finite. */
  private static final class FiniteValues {
    private static final int CHUNK = 1 << 16;
    private static final int MOST_NAMED = 10;

    private final Path file;

    /**
     * @param file source of the tensors, for messages
     */
    FiniteValues(Path file) {
      this.file = file;
    }

    /**
     * Checks the values of all tensors.
     *
     * @throws BadInputException naming those with values that are NaN or infinite
     */
    void require(List<FileTensor> tensors, FlatVector parameters) {
      FloatBuffer buffer = FloatBuffer.allocate(CHUNK);
      List<String> broken = new ArrayList<>();
      for (FileTensor tensor : tensors) {
        long wrong = 0;
        for (Range range : tensor.ranges()) {
          wrong += wrong(range, parameters, buffer);
        }
        if (wrong > 0) {
          broken.add("%s (%,d of %,d)".formatted(tensor.name(), wrong, tensor.size()));
        }
      }
      if (!broken.isEmpty()) {
        String more =
            broken.size() > MOST_NAMED ? " and %,d more".formatted(broken.size() - MOST_NAMED) : "";
        throw new BadInputException(
            "%s holds values that are NaN or infinite, in %s%s: get the file again, or convert the model again without an overflow"
                .formatted(
                    file, String.join(", ", broken.stream().limit(MOST_NAMED).toList()), more));
      }
    }

    private static long wrong(Range range, FlatVector parameters, FloatBuffer buffer) {
      long wrong = 0;
      for (long done = 0; done < range.length(); done += buffer.limit()) {
        buffer.clear().limit((int) Math.min(CHUNK, range.length() - done));
        parameters.read(range.offset() + done, buffer.duplicate());
        for (int i = 0; i < buffer.limit(); i++) {
          wrong += Float.isFinite(buffer.get(i)) ? 0 : 1;
        }
      }
      return wrong;
    }
  }

  /** Which shard holds which tensor: the {@code weight_map} of an index beside the shards. */
  static final class ShardIndex {
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
     * @throws BadInputException if it is not an index, or names files outside the directory
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

    /** The tensors in a file. */
    List<FileTensor> in(String shard, List<FileTensor> tensors) {
      return tensors.stream().filter(tensor -> isIn(shard, tensor.name())).toList();
    }

    /**
     * Checks that the index names the tensors of a model.
     *
     * @param copies names that it may contain too
     * @param unused names that it may contain and that are ignored
     * @throws BadInputException naming missing and unexpected ones
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
}

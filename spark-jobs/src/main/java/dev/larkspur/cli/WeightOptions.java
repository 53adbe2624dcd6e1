package dev.larkspur.cli;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.larkspur.export.WeightFormat;
import dev.larkspur.safetensors.DataType;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How an export stores parameters. */
final class WeightOptions {
  private static final String SIZE = "size";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description =
          "Type of the stored parameters: fp32, which loses nothing, or bf16, which takes half the"
              + " bytes (default: fp32).")
  private String type;

  @Option(
      names = "--max-shard-size",
      paramLabel = "SIZE",
      description =
          "Most bytes of parameters in a file, such as 500MB or 2GiB; larger models are written in"
              + " several files with an index (default: 5GB).")
  private String shardSize;

  boolean hasType() {
    return type != null;
  }

  boolean hasShardSize() {
    return shardSize != null;
  }

  /**
   * The format.
   *
   * @throws ParameterException if an option is wrong
   */
  WeightFormat format() {
    return new WeightFormat(dataType(), bytes());
  }

  private DataType dataType() {
    if (type == null || type.equals("fp32")) {
      return DataType.F32;
    }
    if (type.equals("bf16")) {
      return DataType.BF16;
    }
    throw new ParameterException(
        spec.commandLine(), "--dtype is %s: give fp32 or bf16".formatted(type));
  }

  private long bytes() {
    if (shardSize == null) {
      return WeightFormat.USUAL_SHARD_BYTES;
    }
    try {
      // HOCON knows only the small k of the metric system; transformers takes the large one too.
      String size = shardSize.replaceFirst("KB$", "kB");
      long bytes = ConfigFactory.parseMap(Map.of(SIZE, size)).getBytes(SIZE);
      if (bytes > 0) {
        return bytes;
      }
    } catch (ConfigException e) {
      // The same remedy as for a size that is not positive.
    }
    throw new ParameterException(
        spec.commandLine(),
        "--max-shard-size is %s: give a size with a unit, such as 500MB or 2GiB"
            .formatted(shardSize));
  }
}

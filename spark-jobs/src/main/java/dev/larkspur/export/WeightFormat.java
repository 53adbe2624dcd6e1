package dev.larkspur.export;

import dev.larkspur.layout.FileTensor;
import dev.larkspur.safetensors.DataType;
import java.util.ArrayList;
import java.util.List;

/**
 * How an export stores parameters.
 *
 * @param type of the elements; parameters are rounded to it
 * @param shardBytes most bytes of tensors in a file; a larger tensor has a file of its own
 */
public record WeightFormat(DataType type, long shardBytes) {
  /** As large as Hugging Face's transformers 4 makes them. */
  public static final long USUAL_SHARD_BYTES = 5_000_000_000L;

  /** 32-bit floats, which lose nothing. */
  public static final WeightFormat EXACT = new WeightFormat(DataType.F32, USUAL_SHARD_BYTES);

  /** Checks the size. */
  public WeightFormat {
    if (shardBytes < 1) {
      throw new IllegalArgumentException("shards of " + shardBytes + " bytes");
    }
  }

  /** Bytes of tensors in this format. */
  long bytes(List<FileTensor> tensors) {
    return tensors.stream().mapToLong(tensor -> tensor.size() * type.bytes()).sum();
  }

  /** The tensors of each file, in their order. */
  List<List<FileTensor>> shards(List<FileTensor> tensors) {
    List<List<FileTensor>> shards = new ArrayList<>();
    List<FileTensor> current = new ArrayList<>();
    for (FileTensor tensor : tensors) {
      if (!current.isEmpty() && bytes(current) + bytes(List.of(tensor)) > shardBytes) {
        shards.add(current);
        current = new ArrayList<>();
      }
      current.add(tensor);
    }
    shards.add(current);
    return shards;
  }
}

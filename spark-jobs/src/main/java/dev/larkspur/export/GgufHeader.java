package dev.larkspur.export;

import dev.larkspur.safetensors.DataType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a GGUF file, version 3 (docs/gguf.md of ggml): metadata and a table of the tensors,
 * little-endian.
 */
final class GgufHeader {
  /** Tensors begin at multiples of it, the default of the format. */
  static final int ALIGNMENT = 32;

  private static final int MAGIC = 0x46554747;
  private static final int VERSION = 3;

  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private long end;

  /**
   * A tensor in the table.
   *
   * @param shape outermost first
   * @param offset in the data section
   */
  private record Tensor(List<Integer> shape, DataType type, long offset) {}

  /**
   * Adds a value.
   *
   * @param value an {@link Integer}, a {@link Float}, a {@link Boolean}, a {@link String}, or a
   *     list of integers or of strings
   */
  void put(String key, Object value) {
    metadata.put(key, value);
  }

  /** Adds the next tensor of the data section. */
  void add(String name, List<Integer> shape, DataType type) {
    long bytes = type.bytes();
    for (int size : shape) {
      bytes = Math.multiplyExact(bytes, size);
    }
    tensors.put(name, new Tensor(shape, type, end));
    end += bytes + padding(bytes);
  }

  /** Bytes from a place to the next one that is aligned. */
  static int padding(long place) {
    return (int) (-place & (ALIGNMENT - 1));
  }

  /** All bytes before the data section, which they align. */
  byte[] toBytes() {
    Bytes bytes = new Bytes();
    bytes.int32(MAGIC);
    bytes.int32(VERSION);
    bytes.int64(tensors.size());
    bytes.int64(metadata.size());
    metadata.forEach(
        (key, value) -> {
          bytes.text(key);
          bytes.int32(typeOf(value));
          bytes.value(value);
        });
    tensors.forEach(
        (name, tensor) -> {
          bytes.text(name);
          bytes.int32(tensor.shape().size());
          for (int axis = tensor.shape().size() - 1; axis >= 0; axis--) {
            bytes.int64(tensor.shape().get(axis));
          }
          bytes.int32(codeOf(tensor.type()));
          bytes.int64(tensor.offset());
        });
    bytes.out.writeBytes(new byte[padding(bytes.out.size())]);
    return bytes.out.toByteArray();
  }

  private static int typeOf(Object value) {
    if (value instanceof List) {
      return ARRAY;
    }
    if (value instanceof String) {
      return STRING;
    }
    if (value instanceof Boolean) {
      return BOOL;
    }
    return value instanceof Float ? FLOAT32 : UINT32;
  }

  /** The number of a type in ggml. */
  private static int codeOf(DataType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1;
      case BF16 -> 30;
    };
  }

  /** Bytes being written. */
  private static final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void int32(int value) {
      out.writeBytes(buffer(Integer.BYTES).putInt(value).array());
    }

    void int64(long value) {
      out.writeBytes(buffer(Long.BYTES).putLong(value).array());
    }

    private static ByteBuffer buffer(int bytes) {
      return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      int64(utf8.length);
      out.writeBytes(utf8);
    }

    void value(Object value) {
      if (value instanceof List<?> list) {
        boolean texts = list.isEmpty() || list.get(0) instanceof String;
        int32(texts ? STRING : INT32);
        int64(list.size());
        list.forEach(this::value);
      } else if (value instanceof String text) {
        text(text);
      } else if (value instanceof Boolean flag) {
        out.write(Boolean.TRUE.equals(flag) ? 1 : 0);
      } else if (value instanceof Float number) {
        int32(Float.floatToRawIntBits(number));
      } else {
        int32((Integer) value);
      }
    }
  }
}

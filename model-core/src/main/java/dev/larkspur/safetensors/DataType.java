package dev.larkspur.safetensors;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Element types of safetensors that widen to 32-bit floats without loss. */
enum DataType {
  F32(4) {
    @Override
    float next(ByteBuffer bytes) {
      return bytes.getFloat();
    }
  },
  BF16(2) {
    @Override
    float next(ByteBuffer bytes) {
      return Float.intBitsToFloat(bytes.getShort() << 16);
    }
  },
  F16(2) {
    @Override
    float next(ByteBuffer bytes) {
      return ofHalf(bytes.getShort());
    }
  };

  private static final int HALF_MANTISSA = 10;
  private static final int HALF_EXPONENTS = 0x1f;

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /** Of one element. */
  int bytes() {
    return bytes;
  }

  /** The next element. */
  abstract float next(ByteBuffer bytes);

  static Optional<DataType> of(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** For messages. */
  static String names() {
    return Arrays.stream(values()).map(DataType::name).collect(Collectors.joining(", "));
  }

  /** IEEE 754 binary16; the JDK converts it from version 20 on. */
  private static float ofHalf(short bits) {
    int exponent = (bits >> HALF_MANTISSA) & HALF_EXPONENTS;
    int mantissa = bits & ((1 << HALF_MANTISSA) - 1);
    float magnitude;
    if (exponent == 0) {
      magnitude = Math.scalb((float) mantissa, -24);
    } else if (exponent == HALF_EXPONENTS) {
      magnitude = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      magnitude = Math.scalb((float) (mantissa | (1 << HALF_MANTISSA)), exponent - 25);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}

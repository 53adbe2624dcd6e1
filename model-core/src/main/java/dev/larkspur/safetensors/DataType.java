package dev.larkspur.safetensors;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Element types of safetensors that widen to 32-bit floats without loss. */
public enum DataType {
  F32(4) {
    @Override
    float next(ByteBuffer bytes) {
      return bytes.getFloat();
    }

    @Override
    void put(float value, ByteBuffer into) {
      into.putFloat(value);
    }
  },
  BF16(2) {
    @Override
    float next(ByteBuffer bytes) {
      return Float.intBitsToFloat(bytes.getShort() << Short.SIZE);
    }

    @Override
    void put(float value, ByteBuffer into) {
      into.putShort(upperHalf(value));
    }
  },
  F16(2) {
    @Override
    float next(ByteBuffer bytes) {
      return ofHalf(bytes.getShort());
    }

    @Override
    void put(float value, ByteBuffer into) {
      throw new UnsupportedOperationException("16-bit floats of five exponent bits are only read");
    }
  };

  private static final int HALF_MANTISSA = 10;
  private static final int HALF_EXPONENTS = 0x1f;

  private static final int BELOW_HALF_OF_LAST = 0x7fff;
  private static final int QUIET = 0x40;

  private final int bytes;

  DataType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  /** The next element. */
  abstract float next(ByteBuffer bytes);

  /** Appends a value, rounded to nearest, ties to even. */
  abstract void put(float value, ByteBuffer into);

  static Optional<DataType> of(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** The names of all types, for messages. */
  static String names() {
    return Arrays.stream(values()).map(DataType::name).collect(Collectors.joining(", "));
  }

  /** The upper 16 bits, rounded by the lower ones. */
  private static short upperHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      // Without its lower bits, a NaN could become infinite.
      return (short) ((bits >>> Short.SIZE) | QUIET);
    }
    int lastKept = (bits >>> Short.SIZE) & 1;
    return (short) ((bits + BELOW_HALF_OF_LAST + lastKept) >>> Short.SIZE);
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

package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Device;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.FlatVector.HostCopy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flat vectors. */
public abstract class VectorContract extends EngineContract {
  /** More than one copy holds on the heap, and no whole number of them. */
  private static final int LENGTH = FlatVector.COPIED_AT_ONCE + 5;

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void isFiniteChecksEveryElement(float value) {
    for (int place : new int[] {0, 4711, LENGTH - 1}) {
      FlatVector vector = engine().vector(LENGTH, Device.cpu(1));
      // Its square is no float.
      vector.write(1, FloatBuffer.wrap(new float[] {-3e38f}));
      assertThat(vector.isFinite()).isTrue();
      assertThat(onTheHeap(vector).isFinite()).isTrue();
      vector.write(place, FloatBuffer.wrap(new float[] {value}));
      assertThat(vector.isFinite()).as("%s at %d", value, place).isFalse();
      assertThat(onTheHeap(vector).isFinite()).as("%s at %d", value, place).isFalse();
    }
  }

  @Test
  void noElementIsFinite() {
    assertThat(engine().vector(0, Device.cpu(1)).isFinite()).isTrue();
  }

  @Test
  void directBuffersAreReadAndWrittenFromTheirPositionOn() {
    FlatVector vector = engine().vector(10, Device.cpu(1));
    FloatBuffer written = direct(5).put(0, 7).put(1, 1).put(2, 2).put(3, 3).put(4, 8);
    vector.write(4, written.position(1).limit(4));
    assertThat(written.hasRemaining()).isFalse();

    FloatBuffer read = direct(8).put(0, -1).put(7, -1);
    vector.read(2, read.position(1).limit(7));
    assertThat(read.hasRemaining()).isFalse();
    float[] values = new float[8];
    read.clear().get(values);
    assertThat(values).containsExactly(-1, 0, 0, 1, 2, 3, 0, -1);
  }

  private static FloatBuffer direct(int values) {
    return ByteBuffer.allocateDirect(values * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** What vectors do that know no better way. */
  private static FlatVector onTheHeap(FlatVector vector) {
    return new FlatVector() {
      @Override
      public long length() {
        return vector.length();
      }

      @Override
      public void read(long offset, FloatBuffer into) {
        vector.read(offset, into);
      }

      @Override
      public HostCopy hostCopy(long from, long to) {
        return vector.hostCopy(from, to);
      }

      @Override
      public void write(long offset, FloatBuffer from) {
        vector.write(offset, from);
      }
    };
  }
}

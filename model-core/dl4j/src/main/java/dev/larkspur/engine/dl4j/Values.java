package dev.larkspur.engine.dl4j;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.indexer.DoubleRawIndexer;
import org.bytedeco.javacpp.indexer.FloatRawIndexer;

/** Elements in host memory. */
sealed interface Values {

  double at(long index);

  void set(long index, double value);

  /** 32-bit floats. */
  record Floats(FloatRawIndexer memory) implements Values {
    Floats(FloatPointer memory) {
      this(new FloatRawIndexer(memory));
    }

    @Override
    public double at(long index) {
      return memory.getRaw(index);
    }

    @Override
    public void set(long index, double value) {
      memory.putRaw(index, (float) value);
    }
  }

  /** 64-bit floats. */
  record Doubles(DoubleRawIndexer memory) implements Values {
    Doubles(DoublePointer memory) {
      this(new DoubleRawIndexer(memory));
    }

    @Override
    public double at(long index) {
      return memory.getRaw(index);
    }

    @Override
    public void set(long index, double value) {
      memory.putRaw(index, value);
    }
  }
}

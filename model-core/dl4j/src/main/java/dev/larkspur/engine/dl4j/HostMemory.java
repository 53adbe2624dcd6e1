package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.dl4j.Values.Doubles;
import dev.larkspur.engine.dl4j.Values.Floats;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Addresses of arrays in host memory. The arrays own the memory. */
final class HostMemory {
  private HostMemory() {}

  static boolean isDouble(INDArray array) {
    return array.dataType() == DataType.DOUBLE;
  }

  /** Elements of an array, starting at {@code from}. */
  static Values values(INDArray array, long from) {
    return isDouble(array) ? new Doubles(doubles(array, from)) : new Floats(floats(array, from));
  }

  static FloatPointer floats(Matrix matrix) {
    return floats(matrix.memory(), matrix.offset());
  }

  static DoublePointer doubles(Matrix matrix) {
    return doubles(matrix.memory(), matrix.offset());
  }

  static FloatPointer floats(INDArray array, long element) {
    return new FloatPointer(pointer(array, element)).capacity(array.length() - element);
  }

  static DoublePointer doubles(INDArray array, long element) {
    return new DoublePointer(pointer(array, element)).capacity(array.length() - element);
  }

  /** Pointer to an element. The address of a view already includes its offset. */
  static Pointer pointer(INDArray array, long element) {
    long start = array.data().addressPointer().address();
    return new Address(start + element * array.dataType().width());
  }

  /** A JavaCPP pointer to an address. */
  private static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }
}

package dev.larkspur.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A measured rate.
 *
 * @param quantity what was measured
 * @param perSecond in the unit of the quantity; NaN if it could not be measured
 * @param failure why it could not be measured; null if it was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Rate(Quantity quantity, double perSecond, String failure) {

  static Rate of(Quantity quantity, double perSecond) {
    return new Rate(quantity, perSecond, null);
  }

  static Rate failed(Quantity quantity, String reason) {
    return new Rate(quantity, Double.NaN, reason);
  }

  /** The unit of a rate. */
  public enum Unit {
    BYTES,
    /** Floating-point operations. */
    FLOPS
  }

  /** What is measured, in the order of reports. */
  public enum Quantity {
    /** Bytes read and written by a copy of all threads. */
    MEMORY("memory", Unit.BYTES),
    GEMM_FP32("matrix products, fp32", Unit.FLOPS),
    GEMM_BF16("matrix products, bf16", Unit.FLOPS),
    GPU_GEMM_FP32("matrix products on GPU 0, fp32", Unit.FLOPS),
    GPU_GEMM_BF16("matrix products on GPU 0, bf16", Unit.FLOPS),
    /** Bytes of the vector, of each of two workers on this machine. */
    ALL_REDUCE("all-reduce of two workers on loopback", Unit.BYTES),
    /** Until the disk has the bytes. */
    DISK_WRITE("temporary directory, write", Unit.BYTES),
    /** Often from the system's cache. */
    DISK_READ("temporary directory, read", Unit.BYTES),
    STORE_WRITE("storage, write", Unit.BYTES),
    STORE_READ("storage, read", Unit.BYTES);

    private final String label;
    private final Unit unit;

    Quantity(String label, Unit unit) {
      this.label = label;
      this.unit = unit;
    }

    /** Its name in reports. */
    @JsonValue
    public String label() {
      return label;
    }

    public Unit unit() {
      return unit;
    }
  }
}

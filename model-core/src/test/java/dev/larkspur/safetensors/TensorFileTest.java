package dev.larkspur.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.layout.FileTensor;
import dev.larkspur.layout.FileTensor.Range;
import dev.larkspur.tensor.HeapVector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files whose tensors lie in another order than the flat vector, and in other types. */
class TensorFileTest {
  private static final FileTensor SWAPPED =
      new FileTensor("swapped", List.of(2, 2), List.of(new Range(4, 2), new Range(0, 2)));
  private static final FileTensor MIDDLE =
      new FileTensor("middle", List.of(2), List.of(new Range(2, 2)));

  private static final TensorFile.Contents CONTENTS =
      new TensorFile.Contents(
          List.of(MIDDLE, SWAPPED), List.of(), "other"::equals, "its config.json", "this model");

  @Test
  void rangesAreWrittenInTheirOrderAndComeBackToTheirPlaces() throws IOException {
    HeapVector vector = new HeapVector(new float[] {0, 1, 2, 3, -0.0f, Float.NaN});
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TensorFile.write(
        out, List.of(MIDDLE, SWAPPED), DataType.F32, vector::read, Map.of("format", "pt"));
    ByteBuffer file = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) file.getLong();
    float[] stored = new float[6];
    file.position(8 + header);
    file.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(stored);
    assertThat(stored).containsExactly(2, 3, -0.0f, Float.NaN, 0, 1);

    HeapVector back = new HeapVector(new float[6]);
    read(out.toByteArray(), back);
    assertThat(back.values()).isEqualTo(vector.values());
  }

  @Test
  void halfPrecisionIsWidenedWhateverTheOrder() throws IOException {
    // 16-bit patterns: bf16 1.5 and -2; f16 1, the least subnormal, the largest, -infinity.
    byte[] file =
        file(
            """
            {"swapped":{"dtype":"F16","shape":[2,2],"data_offsets":[4,12]},
             "other":{"dtype":"I64","shape":[1],"data_offsets":[12,20]},
             "middle":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}\
            """,
            0x3fc0,
            0xc000,
            0x3c00,
            0x0001,
            0x7bff,
            0xfc00,
            1,
            0,
            0,
            0);
    HeapVector vector = new HeapVector(new float[6]);
    read(file, vector);
    assertThat(vector.values())
        .containsExactly(65504f, Float.NEGATIVE_INFINITY, 1.5f, -2f, 1f, (float) Math.pow(2, -24));
  }

  @Test
  void allThatDiffersIsNamed() {
    byte[] file =
        file(
            """
            {"swapped":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]},
             "strange":{"dtype":"F32","shape":[1],"data_offsets":[16,20]}}\
            """);
    assertThatThrownBy(() -> read(file, new HeapVector(new float[6])))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("swapped is I32[2, 2], expected [2, 2] of floats")
        .hasMessageContaining("middle is missing")
        .hasMessageContaining("strange is not part of this model");
  }

  @Test
  void aFileCutShortIsRefused() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    HeapVector vector = new HeapVector(new float[6]);
    TensorFile.write(out, List.of(MIDDLE, SWAPPED), DataType.F32, vector::read, Map.of());
    byte[] cut = Arrays.copyOf(out.toByteArray(), out.size() - 1);
    assertThatThrownBy(() -> read(cut, vector)).hasMessageContaining("is truncated");
  }

  private static void read(byte[] file, HeapVector into) throws IOException {
    TensorFile.read(new ByteArrayInputStream(file), "model.safetensors", CONTENTS, into);
  }

  private static byte[] file(String header, int... halves) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + 2 * halves.length).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(json.length).put(json);
    for (int half : halves) {
      file.putShort((short) half);
    }
    return file.array();
  }
}

package dev.larkspur.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** However a header is broken, its file gives the same values or is refused. */
class HeaderFuzzTest {
  private static final List<FileTensor> TENSORS =
      List.of(
          new FileTensor("first.weight", List.of(2, 2), List.of(new Range(4, 2), new Range(0, 2))),
          new FileTensor("second.weight", List.of(2, 2), List.of(new Range(6, 4))),
          new FileTensor("third.bias", List.of(2), List.of(new Range(2, 2))));
  private static final TensorFile.Contents CONTENTS =
      new TensorFile.Contents(
          TENSORS, List.of(), Set.of("unused")::contains, "its config.json", "this model");
  private static final List<String> SCRAPS =
      List.of(
          "null",
          "-1",
          "0",
          "8",
          "9223372036854775807",
          "1e9",
          "{",
          "}",
          "[",
          "]",
          ",",
          "\"",
          "\\u0000",
          "\"F32\"",
          "\"F64\"",
          "\"shape\":[4294967296]",
          "\"__metadata__\":{}",
          "{\"a\":".repeat(2000));

  private final HeapVector values = HeapVector.random(10);

  @Test
  void everyFlippedBit() throws IOException {
    byte[] file = file();
    for (int at = 0; at < file.length - 4 * 10; at++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        byte[] flipped = file.clone();
        flipped[at] ^= (byte) (1 << bit);
        assertSameOrRefused(flipped);
      }
    }
  }

  @Test
  void everyLength() throws IOException {
    byte[] file = file();
    for (int length = 0; length < file.length; length++) {
      assertThat(isRefused(Arrays.copyOf(file, length))).isTrue();
    }
    assertThat(isRefused(Arrays.copyOf(file, file.length + 1))).isTrue();
  }

  @Test
  void scrapsInAndPiecesOut() throws IOException {
    byte[] file = file();
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    String header = new String(file, 8, (int) buffer.getLong(0), StandardCharsets.UTF_8);
    byte[] data = Arrays.copyOfRange(file, file.length - 4 * 10, file.length);
    Random random = new Random(29);
    for (int i = 0; i < 5_000; i++) {
      int from = random.nextInt(header.length());
      int to = Math.min(header.length(), from + random.nextInt(12));
      String scrap =
          random.nextBoolean() ? SCRAPS.get(random.nextInt(SCRAPS.size())) : piece(header, random);
      String changed = header.substring(0, from) + scrap + header.substring(to);
      byte[] json = changed.getBytes(StandardCharsets.UTF_8);
      ByteBuffer whole =
          ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
      assertSameOrRefused(whole.putLong(json.length).put(json).put(data).array());
    }
  }

  private static String piece(String header, Random random) {
    int from = random.nextInt(header.length());
    return header.substring(from, Math.min(header.length(), from + random.nextInt(60)));
  }

  private byte[] file() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TensorFile.write(out, TENSORS, DataType.F32, values::read, Map.of("format", "pt"));
    return out.toByteArray();
  }

  private void assertSameOrRefused(byte[] file) throws IOException {
    isRefused(file);
  }

  private boolean isRefused(byte[] file) throws IOException {
    HeapVector back = new HeapVector(new float[10]);
    try {
      TensorFile.read(new ByteArrayInputStream(file), "model.safetensors", CONTENTS, back);
    } catch (SafetensorsException refused) {
      return true;
    }
    assertThat(back.values()).isEqualTo(values.values());
    return false;
  }
}

package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FatBinariesTest {
  private static final String LIBRARY =
      "/org/nd4j/linalg/jcublas/bindings/linux-x86_64/libnd4jcuda.so";

  @Test
  void namesMachineCodeAndPtxOfAllFatBinaries() throws IOException {
    ByteBuffer library = library();
    library.putLong(7);
    fatBinary(library, entry(FatBinaries.MACHINE_CODE, 86, 24), entry(FatBinaries.PTX, 86, 8));
    // Only the magic, as in the host's code.
    library.putInt(FatBinaries.MAGIC).putInt(0x12345678);
    fatBinary(library, entry(FatBinaries.MACHINE_CODE, 120, 0));
    fatBinary(library, entry(FatBinaries.MACHINE_CODE, 86, 16));

    assertThat(read(library)).containsExactly("sm_86", "sm_120", "compute_86");
  }

  @Test
  void aLibraryWithoutFatBinariesHasNone() throws IOException {
    assertThat(read(library().putLong(7))).isEmpty();
  }

  @Test
  void anEntryThatIsNoneIsNotGuessedAt() {
    ByteBuffer library = library();
    fatBinary(library, entry((short) 5, 86, 8));
    assertThatThrownBy(() -> read(library))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("an entry of kind 5");
  }

  @Test
  void aLibraryThatEndsTooEarlyIsNotTakenForWhole() {
    ByteBuffer library = library();
    fatBinary(library, entry(FatBinaries.MACHINE_CODE, 86, 24));
    library.position(library.position() - 8);
    assertThatThrownBy(() -> read(library)).isInstanceOf(EOFException.class);
  }

  /** Runs in the profile {@code dl4j-cuda}, which has the library. */
  @Test
  void theListIsThatOfTheLibrary() throws IOException {
    URL library = FatBinariesTest.class.getResource(LIBRARY);
    assumeTrue(library != null, "the profile dl4j-cuda is off");
    try (InputStream in = new BufferedInputStream(library.openStream(), 1 << 20)) {
      assertThat(FatBinaries.architectures(in))
          .containsExactlyElementsOf(
              CudaArchitectures.ofNd4j().machineCode().stream()
                  .map(code -> "sm_%d%d".formatted(code.major(), code.minor()))
                  .toList());
    }
  }

  private static Set<String> read(ByteBuffer library) throws IOException {
    byte[] bytes = new byte[library.position()];
    library.get(0, bytes);
    return FatBinaries.architectures(new ByteArrayInputStream(bytes));
  }

  private static ByteBuffer library() {
    return ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] entry(short kind, int architecture, int payload) {
    ByteBuffer entry =
        ByteBuffer.allocate(FatBinaries.SHORTEST_ENTRY_HEADER + payload)
            .order(ByteOrder.LITTLE_ENDIAN);
    entry.putShort(0, kind).putInt(4, FatBinaries.SHORTEST_ENTRY_HEADER).putLong(8, payload);
    return entry.putInt(FatBinaries.ARCHITECTURE, architecture).array();
  }

  private static void fatBinary(ByteBuffer library, byte[]... entries) {
    int length = 0;
    for (byte[] entry : entries) {
      length += entry.length;
    }
    library.putInt(FatBinaries.MAGIC).putShort(FatBinaries.VERSION).putShort(FatBinaries.HEADER);
    library.putLong(length);
    for (byte[] entry : entries) {
      library.put(entry);
    }
  }
}

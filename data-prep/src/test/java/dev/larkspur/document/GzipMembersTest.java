package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What gzip(1) and zstd(1) read is read. */
class GzipMembersTest {
  @TempDir private Path folder;

  private static byte[] read(byte[] file) throws IOException {
    try (var in = GzipMembers.joined(new ByteArrayInputStream(file))) {
      return in.readAllBytes();
    }
  }

  @Test
  void membersAndPaddingAreReadWhateverTheirLength() throws IOException {
    Random random = new Random(4);
    for (int bytes : new int[] {0, 1, 65_535, 65_536, 400_000}) {
      byte[] plain = new byte[bytes];
      random.nextBytes(plain);
      byte[] member = WarcFile.gzip(plain);
      for (int padding : new int[] {0, 1, 511, 70_000}) {
        assertThat(read(WarcFile.joined(member, member, new byte[padding])))
            .isEqualTo(WarcFile.joined(plain, plain));
      }
      assertThat(read(WarcFile.joined(member, new byte[512], member)))
          .isEqualTo(WarcFile.joined(plain, plain));
    }
    assertThat(read(new byte[0])).isEmpty();
  }

  @Test
  void allFieldsOfTheHeaderAreSkipped() throws IOException {
    byte[] member = WarcFile.gzip("text".getBytes(StandardCharsets.UTF_8));
    byte[] header =
        HexFormat.of().parseHex("1f8b081e000000000003" + "0300616263" + "6e00" + "6300" + "0000");
    assertThat(read(WarcFile.joined(header, Arrays.copyOfRange(member, 10, member.length))))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("text");
  }

  @Test
  void whatIsNoGzipIsAnError() throws IOException {
    byte[] member = WarcFile.gzip("some text, and more".getBytes(StandardCharsets.UTF_8));
    for (int cut = 1; cut < member.length; cut++) {
      byte[] part = Arrays.copyOf(member, cut);
      assertThatThrownBy(() -> read(part)).isInstanceOf(EOFException.class);
    }
    byte[] garbage = WarcFile.joined(member, new byte[9], new byte[] {7});
    assertThatThrownBy(() -> read(garbage)).hasMessageContaining("bytes after the gzip data");
    assertThatThrownBy(() -> read(new byte[20])).hasMessageContaining("not a gzip file");
    byte[] wrong = member.clone();
    wrong[member.length - 5] ^= 1;
    assertThatThrownBy(() -> read(wrong)).hasMessageContaining("checksum");
  }

  @Test
  void filesOfNoBytesHaveNoDocuments() throws IOException {
    for (String name : new String[] {"a.jsonl.gz", "b.jsonl.zst", "c.jsonl", "d.warc.zst"}) {
      ReadDocuments read = ReadDocuments.of(Files.write(folder.resolve(name), new byte[0]));
      assertThat(read.report()).as(name).isEqualTo(DocumentReport.NONE);
    }
  }

  @Test
  void framesOfZstdAreReadToTheEnd() throws IOException {
    byte[] frame = Zstd.compress("{\"content\":\"one\"}\n".getBytes(StandardCharsets.UTF_8));
    byte[] skippable = HexFormat.of().parseHex("502a4d1803000000aabbcc");
    Path file =
        Files.write(
            folder.resolve("a.jsonl.zst"), WarcFile.joined(skippable, frame, skippable, frame));
    assertThat(ReadDocuments.of(file).texts()).containsExactly("one", "one");
  }
}

package dev.larkspur.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockPackerTest {
  @Test
  void blocksRunAcrossDocuments() {
    byte[] first = TokenWidth.TWO.encode(new int[] {1, 2, 3}, 9);
    byte[] second = TokenWidth.TWO.encode(new int[] {4}, 9);
    byte[] third = TokenWidth.TWO.encode(new int[] {5, 6, 7, 8}, 9);
    BlockPacker packer = new BlockPacker(List.of(first, second, third).iterator(), 2 * 4);
    int[] ids = new int[8];
    TokenWidth.TWO.decode(packer.next(), 0, ids, 0, 4);
    TokenWidth.TWO.decode(packer.next(), 0, ids, 4, 4);
    assertThat(ids).containsExactly(1, 2, 3, 9, 4, 9, 5, 6);
    assertThat(packer.hasNext()).isFalse();
    assertThat(packer.tailBytes()).isEqualTo(2 * 3);
    assertThat(packer.bytes()).isEqualTo(2 * 11);
  }

  @Test
  void blocksAndTailAreTheStream() {
    Random random = new Random(7);
    for (int trial = 0; trial < 300; trial++) {
      int blockBytes = 1 + random.nextInt(40);
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      List<byte[]> documents = new ArrayList<>();
      for (int i = random.nextInt(20); i > 0; i--) {
        byte[] document = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(100)];
        random.nextBytes(document);
        documents.add(document);
        stream.writeBytes(document);
      }
      BlockPacker packer = new BlockPacker(documents.iterator(), blockBytes);
      ByteArrayOutputStream blocks = new ByteArrayOutputStream();
      while (packer.hasNext()) {
        byte[] block = packer.next();
        assertThat(block).hasSize(blockBytes);
        blocks.writeBytes(block);
      }
      byte[] all = stream.toByteArray();
      assertThat(packer.tailBytes()).isLessThan(blockBytes);
      assertThat(packer.bytes()).isEqualTo(all.length);
      assertThat(blocks.toByteArray())
          .isEqualTo(Arrays.copyOf(all, all.length - packer.tailBytes()));
    }
  }
}

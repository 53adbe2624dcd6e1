package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.document.WordNetCorpus.WordNetParquet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;

class ParquetFooterTest {

  @Test
  void anyOrderOfTheEncodingsBecomesTheSameBytes() throws IOException {
    byte[] file = WordNetParquet.write(WordNet.entries().subList(0, 500));
    byte[] shuffled = withEncodingsReversed(file);
    assertThat(shuffled).isNotEqualTo(file);
    assertThat(ParquetFooter.canonical(shuffled)).isEqualTo(file);
    assertThat(ParquetFooter.canonical(file)).isEqualTo(file);
  }

  @Test
  void theEncodingsAreInOrder() throws IOException {
    byte[] file = WordNetParquet.write(WordNet.entries().subList(0, 500));
    for (ColumnChunk column : footer(file).getRow_groups().get(0).getColumns()) {
      List<Integer> numbers =
          column.getMeta_data().getEncodings().stream().map(Encoding::getValue).toList();
      assertThat(numbers).hasSizeGreaterThan(1).isSorted();
    }
  }

  private static byte[] withEncodingsReversed(byte[] file) throws IOException {
    FileMetaData footer = footer(file);
    footer
        .getRow_groups()
        .forEach(
            group ->
                group
                    .getColumns()
                    .forEach(
                        column ->
                            java.util.Collections.reverse(column.getMeta_data().getEncodings())));
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    Util.writeFileMetaData(footer, bytes);
    byte[] result = file.clone();
    int start = file.length - 8 - bytes.size();
    assertThat(start).isEqualTo(start(file));
    System.arraycopy(bytes.toByteArray(), 0, result, start, bytes.size());
    return result;
  }

  private static int start(byte[] file) {
    int end = file.length - 8;
    return end - ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
  }

  private static FileMetaData footer(byte[] file) throws IOException {
    return Util.readFileMetaData(
        new ByteArrayInputStream(Arrays.copyOfRange(file, start(file), file.length - 8)));
  }
}

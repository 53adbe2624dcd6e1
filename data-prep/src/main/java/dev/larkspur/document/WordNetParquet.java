package dev.larkspur.document;

import dev.larkspur.document.WordNet.WordNetEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** WordNet entries as Parquet in the schema of RefinedWeb. */
final class WordNetParquet {
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message documents {
            required binary content (STRING);
            required binary url (STRING);
            required int64 timestamp (TIMESTAMP(MILLIS,true));
            required binary dump (STRING);
            required binary segment (STRING);
            required group image_urls (LIST) {
              repeated group list {
                optional group element (LIST) {
                  repeated group list {
                    optional binary element (STRING);
                  }
                }
              }
            }
          }
          """);

  /** Entries have no date; this is the copyright year of WordNet 3.1. */
  private static final Instant YEAR = Instant.parse("2011-01-01T00:00:00Z");

  /** Small, so that several tasks share the work. */
  private static final long ROW_GROUP_BYTES = 1 << 20;

  private WordNetParquet() {}

  static byte[] write(List<WordNetEntry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SimpleGroupFactory rows = new SimpleGroupFactory(SCHEMA);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new MemoryOutput(bytes))
            // Settings of the user must not change the bytes.
            .withConf(new Configuration(false))
            .withType(SCHEMA)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .build()) {
      for (WordNetEntry entry : entries) {
        Group row = rows.newGroup();
        row.add("content", entry.content());
        row.add("url", entry.url());
        row.add("timestamp", YEAR.toEpochMilli());
        row.add("dump", "wordnet-3.1");
        row.add("segment", entry.partOfSpeech());
        row.addGroup("image_urls");
        writer.write(row);
      }
    }
    return ParquetFooter.canonical(bytes.toByteArray());
  }

  private record MemoryOutput(ByteArrayOutputStream bytes) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSize) {
      return createOrOverwrite(blockSize);
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSize) {
      return new PositionOutputStream() {
        @Override
        public long getPos() {
          return bytes.size();
        }

        @Override
        public void write(int value) {
          bytes.write(value);
        }

        @Override
        public void write(byte[] from, int offset, int length) {
          bytes.write(from, offset, length);
        }
      };
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }
}

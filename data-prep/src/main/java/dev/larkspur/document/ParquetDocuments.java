package dev.larkspur.document;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * Documents in the Parquet column {@code content}, read without Spark's reader: its settings may
 * tell it to pass over damaged files in silence.
 */
final class ParquetDocuments implements DocumentReader {
  private static final String CONTENT = "content";

  private final ParquetFileReader file;
  private final MessageType schema;
  private final ColumnDescriptor column;
  private ColumnReader values;
  private long left;

  ParquetDocuments(DocumentSlice slice, Configuration conf) throws IOException {
    file =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(new Path(slice.file()), conf),
            HadoopReadOptions.builder(conf)
                .withRange(slice.start(), slice.end())
                .usePageChecksumVerification()
                .build());
    try {
      MessageType all = file.getFileMetaData().getSchema();
      Type type = all.containsField(CONTENT) ? all.getType(CONTENT) : null;
      if (type == null
          || !type.isPrimitive()
          || type.isRepetition(Type.Repetition.REPEATED)
          || type.asPrimitiveType().getPrimitiveTypeName() != PrimitiveTypeName.BINARY) {
        throw new DocumentException(
            slice.file()
                + " has no column 'content' of strings: rename the text column to 'content', or"
                + " leave the file out.");
      }
      schema = new MessageType(all.getName(), type);
      column = schema.getColumns().get(0);
      file.setRequestedSchema(schema);
    } catch (RuntimeException failure) {
      file.close();
      throw failure;
    }
  }

  @Override
  public String next(DocumentTally tally) throws IOException {
    while (true) {
      while (left == 0) {
        PageReadStore group = file.readNextRowGroup();
        if (group == null) {
          return null;
        }
        left = group.getRowCount();
        values =
            new ColumnReadStoreImpl(
                    group, new NoRecords(), schema, file.getFileMetaData().getCreatedBy())
                .getColumnReader(column);
      }
      left--;
      String content = content(tally);
      values.consume();
      if (content != null && tally.accept(content)) {
        return content;
      }
    }
  }

  private String content(DocumentTally tally) {
    if (values.getCurrentDefinitionLevel() < column.getMaxDefinitionLevel()) {
      tally.skip(SkipReason.NO_CONTENT);
      return null;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(values.getBinary().toByteBuffer())
          .toString();
    } catch (CharacterCodingException broken) {
      tally.skip(SkipReason.BROKEN_UNICODE);
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

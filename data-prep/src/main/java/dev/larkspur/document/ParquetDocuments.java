package dev.larkspur.document;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * Documents in columns of a Parquet file, read without Spark's reader: its settings may tell it to
 * pass over damaged files in silence.
 */
final class ParquetDocuments implements DocumentReader {
  private final DocumentFields fields;
  private final ParquetFileReader file;
  private final MessageType schema;
  private ColumnReader contents;
  private ColumnReader urls;
  private int group;
  private long left;
  private long row;

  ParquetDocuments(DocumentSlice slice, Configuration conf) throws IOException {
    this.fields = slice.fields();
    file =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(new Path(slice.file()), conf),
            HadoopReadOptions.builder(conf)
                .withRange(slice.start(), slice.end())
                .usePageChecksumVerification()
                .build());
    try {
      MessageType all = file.getFileMetaData().getSchema();
      if (!isText(all, fields.content())) {
        throw new DocumentException(
            slice.file()
                + " has no column '"
                + fields.content()
                + "' of strings: set the name of its text column (data.fields.content), or leave"
                + " the file out.");
      }
      List<Type> columns = new ArrayList<>(List.of(all.getType(fields.content())));
      if (isText(all, fields.url())) {
        columns.add(all.getType(fields.url()));
      }
      schema = new MessageType(all.getName(), columns);
      file.setRequestedSchema(schema);
    } catch (RuntimeException failure) {
      file.close();
      throw failure;
    }
  }

  private static boolean isText(MessageType schema, String column) {
    Type type = schema.containsField(column) ? schema.getType(column) : null;
    return type != null
        && type.isPrimitive()
        && !type.isRepetition(Type.Repetition.REPEATED)
        && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
  }

  @Override
  public Document next(DocumentTally tally) throws IOException {
    while (true) {
      while (left == 0) {
        if (group == file.getRowGroups().size()) {
          return null;
        }
        open(group++);
      }
      Document document = document(tally);
      contents.consume();
      if (urls != null) {
        urls.consume();
      }
      left--;
      row++;
      if (document != null) {
        return document;
      }
    }
  }

  private void open(int index) throws IOException {
    row = file.getRowGroups().get(index).getRowIndexOffset();
    PageReadStore pages = file.readRowGroup(index);
    ColumnReadStoreImpl columns =
        new ColumnReadStoreImpl(
            pages, new NoRecords(), schema, file.getFileMetaData().getCreatedBy());
    contents =
        columns.getColumnReader(schema.getColumnDescription(new String[] {fields.content()}));
    urls =
        schema.containsField(fields.url())
            ? columns.getColumnReader(schema.getColumnDescription(new String[] {fields.url()}))
            : null;
    left = pages.getRowCount();
  }

  private Document document(DocumentTally tally) {
    if (isNull(contents)) {
      tally.reject(row, SkipReason.NO_CONTENT, url());
      return null;
    }
    ByteBuffer bytes = contents.getBinary().toByteBuffer();
    try {
      return tally.accept(row, url(), Utf8.strict(bytes));
    } catch (CharacterCodingException broken) {
      byte[] beginning = new byte[Math.min(bytes.remaining(), 3 * RejectedRecord.EXCERPT)];
      bytes.get(beginning);
      tally.reject(row, SkipReason.BROKEN_UNICODE, Utf8.excerpt(beginning, beginning.length));
      return null;
    }
  }

  private String url() {
    return urls == null || isNull(urls) ? "" : urls.getBinary().toStringUsingUTF8();
  }

  private static boolean isNull(ColumnReader column) {
    return column.getCurrentDefinitionLevel() < column.getDescriptor().getMaxDefinitionLevel();
  }

  @Override
  public long position() {
    return row;
  }

  @Override
  public boolean passDamage() {
    left = 0;
    return true;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

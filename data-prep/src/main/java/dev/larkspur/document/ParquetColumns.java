package dev.larkspur.document;

import dev.larkspur.document.DocumentSource.DocumentFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * The columns of text and address in a Parquet file.
 *
 * @param schema of the columns that are read
 * @param content the column of the text; null if it contains only nulls
 * @param url the column of the address; null if there is none
 */
record ParquetColumns(MessageType schema, ColumnDescriptor content, ColumnDescriptor url) {
  private static final int MOST_NAMED = 50;

  /** Finds the columns. @throws DocumentException if there is no column of text */
  static ParquetColumns of(ParquetMetadata footer, DocumentFields fields, String file) {
    MessageType all = footer.getFileMetaData().getSchema();
    boolean text = isText(all, fields.content());
    if (!text && !isOfNulls(footer, all, fields.content())) {
      throw new DocumentException(
          file
              + " has no column '"
              + fields.content()
              + "' of strings; it has "
              + described(all)
              + ": set the name of its text column (data.fields.content), or exclude the file.");
    }
    List<Type> columns = new ArrayList<>();
    if (text) {
      columns.add(all.getType(fields.content()));
    }
    if (isText(all, fields.url())) {
      columns.add(all.getType(fields.url()));
    }
    MessageType schema = new MessageType(all.getName(), columns);
    return new ParquetColumns(
        schema, column(schema, fields.content()), column(schema, fields.url()));
  }

  private static ColumnDescriptor column(MessageType schema, String name) {
    return schema.containsField(name) ? schema.getColumnDescription(new String[] {name}) : null;
  }

  private static boolean isText(MessageType schema, String column) {
    Type type = schema.containsField(column) ? schema.getType(column) : null;
    if (type == null
        || !type.isPrimitive()
        || type.isRepetition(Type.Repetition.REPEATED)
        || type.asPrimitiveType().getPrimitiveTypeName() != PrimitiveTypeName.BINARY) {
      return false;
    }
    // Some writers do not annotate text columns as strings.
    LogicalTypeAnnotation kind = type.getLogicalTypeAnnotation();
    return kind == null
        || kind instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
        || kind instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation
        || kind instanceof LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
  }

  /** Whether a column contains only nulls; writers give it an arbitrary type, or the null type. */
  private static boolean isOfNulls(ParquetMetadata footer, MessageType schema, String column) {
    Type type = schema.containsField(column) ? schema.getType(column) : null;
    if (type == null || !type.isPrimitive()) {
      return false;
    }
    if (String.valueOf(type.getLogicalTypeAnnotation()).equals("UNKNOWN")) {
      return true;
    }
    return type.isRepetition(Type.Repetition.OPTIONAL)
        && footer.getBlocks().stream()
            .allMatch(block -> chunk(block, column).filter(ParquetColumns::isOfNulls).isPresent());
  }

  private static boolean isOfNulls(ColumnChunkMetaData chunk) {
    Statistics<?> statistics = chunk.getStatistics();
    return statistics != null
        && statistics.isNumNullsSet()
        && statistics.getNumNulls() == chunk.getValueCount();
  }

  /** The chunk of a top-level column in a row group. */
  static Optional<ColumnChunkMetaData> chunk(BlockMetaData block, String column) {
    return block.getColumns().stream()
        .filter(chunk -> chunk.getPath().size() == 1)
        .filter(chunk -> chunk.getPath().toDotString().equals(column))
        .findFirst();
  }

  private static String described(MessageType schema) {
    List<Type> columns = schema.getFields();
    String names =
        columns.stream()
            .limit(MOST_NAMED)
            .map(type -> type.getName() + " (" + kind(type) + ")")
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "none" : columns.size() > MOST_NAMED ? names + " and others" : names;
  }

  private static String kind(Type type) {
    if (type.getLogicalTypeAnnotation() != null) {
      return type.getLogicalTypeAnnotation().toString();
    }
    return type.isPrimitive() ? type.asPrimitiveType().getPrimitiveTypeName().toString() : "group";
  }
}

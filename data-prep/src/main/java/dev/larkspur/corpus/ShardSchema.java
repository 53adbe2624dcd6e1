package dev.larkspur.corpus;

import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;

/**
 * The columns of a shard: {@code block}, where the block comes from (bucket x 2^40 + index), and
 * {@code tokens}, its context + 1 ids.
 */
public final class ShardSchema {
  public static final String BLOCK = "block";
  public static final String TOKENS = "tokens";

  private ShardSchema() {}

  public static MessageType of(int blockBytes) {
    return Types.buildMessage()
        .required(PrimitiveTypeName.INT64)
        .named(BLOCK)
        .required(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
        .length(blockBytes)
        .named(TOKENS)
        .named("blocks");
  }

  public static ColumnDescriptor column(MessageType schema, String name) {
    return schema.getColumnDescription(new String[] {name});
  }
}

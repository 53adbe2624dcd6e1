package dev.larkspur.tokenizer;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** A tokenizer of another library, with a list of its tokens to decode them individually. */
abstract class ListedTokens implements Tokenizer {
  private static final byte[] NOTHING = {};

  private final byte[][] pieces; // [id][byte], null where no token has the id
  private final SortedMap<Integer, String> specials;
  private final TokenizerIdentity identity;

  ListedTokens(byte[][] pieces, SortedMap<Integer, String> specials, TokenizerIdentity identity) {
    this.pieces = pieces;
    this.specials = Collections.unmodifiableSortedMap(new TreeMap<>(specials));
    this.identity = identity;
  }

  @Override
  public final byte[] bytes(int id) {
    byte[] piece = pieces[id];
    return piece == null ? NOTHING : piece.clone();
  }

  @Override
  public final SortedMap<Integer, String> specialTokens() {
    return specials;
  }

  @Override
  public final TokenizerIdentity identity() {
    return identity;
  }
}

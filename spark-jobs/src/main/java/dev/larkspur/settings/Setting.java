package dev.larkspur.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a setting may be, where the type of the record's component does not say it all. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Setting {
  /**
   * The key within the group, where it is not the component's name in kebab case. A leading dot
   * means the root of the tree.
   */
  String key() default "";

  /** Whether the keys of this record stand in the group itself, not in a group of their own. */
  boolean inline() default false;

  /** Least value of a number, of seconds or of bytes. */
  double least() default Double.NEGATIVE_INFINITY;

  /** Greatest value of a number or of bytes. */
  double most() default Double.POSITIVE_INFINITY;

  /** What a number must be greater than. */
  double above() default Double.NEGATIVE_INFINITY;

  /** What a number, as a 32-bit float, must be less than. */
  double below() default Double.POSITIVE_INFINITY;

  /** Whether a whole number is a size with a unit, such as 25MiB. */
  boolean bytes() default false;

  /** The words that a text or an enum may be; empty for all. */
  String[] choices() default {};

  /** A word for "no value": an empty optional or text, an infinite number. */
  String unset() default "";
}

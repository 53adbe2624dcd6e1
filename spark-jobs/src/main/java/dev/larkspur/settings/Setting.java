package dev.larkspur.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Restricts a setting further than the type of its record component does. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Setting {
  /**
   * The key within the group, if it is not the component's name in kebab case. A leading dot means
   * the root of the tree.
   */
  String key() default "";

  /** Whether the keys of this record are in the enclosing group, not in a nested one. */
  boolean inline() default false;

  /** Least value of a number, of seconds or of bytes. */
  double least() default Double.NEGATIVE_INFINITY;

  /** Greatest value of a number or of bytes. */
  double most() default Double.POSITIVE_INFINITY;

  /** Exclusive lower bound of a number. */
  double above() default Double.NEGATIVE_INFINITY;

  /** Exclusive upper bound of a number as a 32-bit float. */
  double below() default Double.POSITIVE_INFINITY;

  /** Whether a whole number is a size with a unit, such as 25MiB. */
  boolean bytes() default false;

  /** Allowed words of a text or an enum; empty for all. */
  String[] choices() default {};

  /** A word for "no value": an empty optional or text, an infinite number. */
  String unset() default "";
}

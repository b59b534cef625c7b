// SPDX-License-Identifier: Apache-2.0
package mirrorcheck.engine.qmp.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The type of a value on the wire (QAPI schema). */
public sealed interface Type {
    /** Types without parts. */
    enum Scalar implements Type {
        STRING("str", "string"),
        BOOLEAN("bool", "boolean"),
        /** 64 bits with a sign. */
        INTEGER("int", "int"),
        /** 0 to 2^32 - 1. */
        UINT32("int", "int"),
        /** 64 bits without a sign, also taken as a negative number; kept in a {@code Long}. */
        UINT64("int", "int"),
        NULL("null", "null"),
        /** Whatever it may be; only in replies. */
        ANY("any", "value");

        private final String schemaName;
        private final String jsonType;

        Scalar(String schemaName, String jsonType) {
            this.schemaName = schemaName;
            this.jsonType = jsonType;
        }

        String schemaName() {
            return schemaName;
        }

        String jsonType() {
            return jsonType;
        }
    }

    /** One of some words. */
    record Choice(String name, List<String> values) implements Type {
        public static Choice of(String name, String... values) {
            return new Choice(name, List.of(values));
        }
    }

    /** Any number of values of a type. */
    record Array(Type element) implements Type {
    }

    /**
     * An object or a string, told apart by what is found (QAPI alternate).
     *
     * @param orNull whether it may also be null
     */
    record Alternate(String name, Type.Struct object, boolean orNull) implements Type {
    }

    /** A member of an object. */
    record Member(String name, Type type, boolean optional) {
        public static Member required(String name, Type type) {
            return new Member(name, type, false);
        }

        public static Member optional(String name, Type type) {
            return new Member(name, type, true);
        }
    }

    /**
     * An object: some members, and more of them depending on the value of one, the tag.
     *
     * <p>Variants may be given later, so that a type can contain itself.
     */
    final class Struct implements Type {
        /** An object without members: no arguments, no result. */
        public static final Struct EMPTY = Struct.of("q_empty");

        private final String name;
        private final List<Member> members;
        private final String tag;
        private Map<String, Struct> variants = Map.of();

        private Struct(String name, List<Member> members, String tag) {
            this.name = name;
            this.members = new ArrayList<>(members);
            this.tag = tag;
        }

        public static Struct of(String name, Member... members) {
            return new Struct(name, List.of(members), null);
        }

        /** An object whose member {@code tag}, an enum, decides what else it has. */
        public static Struct tagged(String name, String tag, Member... members) {
            return new Struct(name, List.of(members), tag);
        }

        /** Adds a member, so that a type can contain itself. Called at the start only. */
        public Struct with(Member member) {
            members.add(member);
            return this;
        }

        /** Says what the values of the tag bring; others nothing. Called once, at the start. */
        public Struct withVariants(Map<String, Struct> cases) {
            variants = Map.copyOf(cases);
            return this;
        }

        public String name() {
            return name;
        }

        public List<Member> members() {
            return Collections.unmodifiableList(members);
        }

        /** The name of the member that decides, or null. */
        public String tag() {
            return tag;
        }

        public Map<String, Struct> variants() {
            return variants;
        }
    }
}

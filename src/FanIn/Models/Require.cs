using System.Collections.Immutable;

namespace FanIn;

/// <summary>Checks of what records are made of, so that a mistake shows where it was made and not at first use.</summary>
internal static class Require
{
    /// <summary>An array that was set, without nulls.</summary>
    public static ImmutableArray<T> Items<T>(ImmutableArray<T> items, string name)
    {
        if (items.IsDefault)
        {
            throw new ArgumentException($"{name} is a default ImmutableArray, which isn't set; [] has no items.", name);
        }
        for (int i = 0; i < items.Length; i++)
        {
            if (EqualityComparer<T>.Default.Equals(items[i], default))
            {
                throw new ArgumentException(
                    $"{name}[{i}] is {(items[i] is null ? "null" : "a default value, which isn't set")}.",
                    name
                );
            }
        }
        return items;
    }

    /// <summary>An array that was set, not empty, without nulls.</summary>
    public static ImmutableArray<T> OneOrMore<T>(ImmutableArray<T> items, string name) =>
        Items(items, name) is { IsEmpty: false } some
            ? some
            : throw new ArgumentException($"{name} is empty; it has one item or more.", name);

    /// <summary>An object.</summary>
    public static T Given<T>(T? value, string name)
        where T : class => value ?? throw new ArgumentNullException(name);

    /// <summary>A value that its enumeration has.</summary>
    public static T Defined<T>(T value, string name)
        where T : struct, Enum =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                name,
                value,
                $"{value} is no {typeof(T).Name}; there are {string.Join(", ", Enum.GetNames<T>())}."
            );
}

using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// The value of a parameter: a number, for words the index of the word; or what a nested text form stands for.
/// </summary>
internal readonly record struct FormValue(double Number, object? Nested = null)
{
    public static implicit operator FormValue(double number) => new(number);
}

/// <summary>The values of a form's parameters, in the form's order; those of a list are the last ones.</summary>
internal readonly record struct FormArguments(ImmutableArray<FormValue> Values)
{
    public double this[int index] => Values[index].Number;

    /// <summary>The values of the list that begins at this parameter.</summary>
    public ImmutableArray<double> List(int index) => [.. Values[index..].Select(value => value.Number)];

    public bool Flag(int index) => Values[index].Number != 0;

    public T Nested<T>(int index)
        where T : class => (T)Values[index].Nested!;
}

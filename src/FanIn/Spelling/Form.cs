using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// One entry of a catalogue: a name, its parameters with their defaults, and what they make. From this one line follow
/// parsing, printing and the list of known names.
/// </summary>
internal sealed record Form<T>(
    string Name,
    ImmutableArray<FormParameter> Parameters,
    Func<Form<T>, FormArguments, T> Create
)
{
    /// <summary>With every parameter at its default.</summary>
    public T Default => With();

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its parameter's range.</exception>
    /// <exception cref="ArgumentException">The values don't fit together.</exception>
    public T With(params ReadOnlySpan<FormValue> values)
    {
        FormValue[] all = [.. Parameters.Select(p => p.DefaultValue)];
        for (int i = 0; i < values.Length; i++)
        {
            if (Parameters[i].Fault(values[i].Number, $"'{Name}'") is { } fault)
            {
                throw new ArgumentOutOfRangeException(Parameters[i].Name, values[i].Number, fault);
            }
            // + 0.0: minus zero is zero, as in text.
            all[i] = values[i] with
            {
                Number = values[i].Number + 0.0,
            };
        }
        try
        {
            return Create(this, new([.. all]));
        }
        catch (SpellingException e)
        {
            throw new ArgumentException(e.Message, nameof(values), e);
        }
    }

    /// <param name="text">A text form.</param>
    /// <param name="what">What it should be, for messages.</param>
    /// <param name="catalogue">The known forms by name.</param>
    /// <param name="ours">Our name for what others may call differently; used in hints only.</param>
    public static T Parse(
        string text,
        string what,
        IReadOnlyDictionary<string, Form<T>> catalogue,
        Func<string, string>? ours = null
    )
    {
        TextForm parsed = TextForm.Parse(text, what);
        if (!catalogue.TryGetValue(parsed.Name, out Form<T>? form))
        {
            throw ours?.Invoke(parsed.Name) is { } name && catalogue.ContainsKey(name)
                ? new SpellingException($"unknown {what} {Spelling.Quote(parsed.Name)}; here it is called '{name}'")
                : SpellingException.Unknown(what, parsed.Name, [.. catalogue.Keys]);
        }
        return form.Create(form, form.Read(parsed, what));
    }

    /// <summary>The canonical spelling: arguments that stand at their default are left out.</summary>
    public string Print(FormArguments arguments)
    {
        var written = new List<string>();
        for (int i = 0; i < Parameters.Length; i++)
        {
            FormParameter parameter = Parameters[i];
            FormValue value = arguments.Values[i];
            if (parameter.Positional)
            {
                written.Add(parameter.Print(value));
            }
            else if (parameter.AlwaysPrinted || value != parameter.DefaultValue)
            {
                written.Add($"{parameter.Name}={parameter.Print(value)}");
            }
        }
        return written.Count == 0 ? Name : $"{Name}({string.Join(",", written)})";
    }

    private FormArguments Read(TextForm text, string what)
    {
        FormValue[] values = [.. Parameters.Select(p => p.DefaultValue)];
        var given = new bool[values.Length];
        for (int i = 0; i < text.Arguments.Length; i++)
        {
            (string? key, string value) = text.Arguments[i];
            int at = key is null ? i : Find(key);
            if (at >= values.Length || at < 0)
            {
                throw new SpellingException(
                    Parameters.IsEmpty
                        ? $"the {what} '{Name}' takes no arguments, but got {Spelling.Quote(key ?? value)}"
                    : key is null
                        ? $"the {what} '{Name}' takes {values.Length} argument(s), but got more: {Spelling.Quote(value)}"
                    : Spelling.Unknown($"argument of {what} '{Name}':", key, [.. Parameters.Select(p => p.Name)])
                );
            }
            if (given[at])
            {
                throw new SpellingException($"the {what} '{Name}' gets its argument '{Parameters[at].Name}' twice");
            }
            given[at] = true;
            values[at] = Parameters[at].Parse(value, $"{what} '{Name}'");
        }
        for (int i = 0; i < values.Length; i++)
        {
            if (Parameters[i].Required && !given[i])
            {
                throw new SpellingException($"the {what} '{Name}' needs its argument: {Name}({Parameters[i].Name})");
            }
        }
        return new([.. values]);

        int Find(string key)
        {
            for (int i = 0; i < Parameters.Length; i++)
            {
                if (Parameters[i].Name == key)
                {
                    return i;
                }
            }
            return -1;
        }
    }
}

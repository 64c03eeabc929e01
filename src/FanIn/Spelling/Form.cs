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
    public T Default => Create(this, new([.. Parameters.Select(p => p.DefaultValue)]));

    /// <exception cref="ArgumentOutOfRangeException">A value is outside its parameter's range.</exception>
    /// <exception cref="ArgumentException">The values don't fit together.</exception>
    public T With(params ReadOnlySpan<FormValue> values)
    {
        FormValue[] all = values.ToArray();
        for (int i = 0; i < all.Length; i++)
        {
            FormParameter parameter = ParameterAt(i);
            if (parameter.Fault(all[i].Number, $"'{Name}'") is { } fault)
            {
                throw new ArgumentOutOfRangeException(parameter.Name, all[i].Number, fault);
            }
            // + 0.0: minus zero is zero, as in text.
            all[i] = all[i] with
            {
                Number = all[i].Number + 0.0,
            };
        }
        try
        {
            return all.Length < Parameters.Length && Parameters[^1] is { IsList: true } list
                ? throw new SpellingException($"'{Name}' needs its {list.Name}: one value or more")
                : Create(this, new([.. all, .. Parameters.Skip(all.Length).Select(p => p.DefaultValue)]));
        }
        catch (SpellingException e)
        {
            throw new ArgumentException(e.Message, nameof(values), e);
        }
    }

    /// <inheritdoc cref="With(ReadOnlySpan{FormValue})"/>
    public T WithAll(ReadOnlySpan<double> values) => With([.. values.ToArray().Select(value => (FormValue)value)]);

    /// <param name="text">A text form.</param>
    /// <param name="what">What it should be, for messages.</param>
    /// <param name="catalogue">The known forms by name.</param>
    /// <param name="ours">The end of the sentence "here it is called" for what others call differently, or null.</param>
    public static T Parse(
        string text,
        string what,
        IReadOnlyDictionary<string, Form<T>> catalogue,
        Func<string, string?>? ours = null
    )
    {
        (Form<T> form, FormArguments arguments) = Read(text, what, catalogue, ours);
        return form.Create(form, arguments);
    }

    /// <summary>The form that a text names, and its arguments: NaN where a variable's value isn't known yet.</summary>
    public static (Form<T> Form, FormArguments Arguments) Read(
        string text,
        string what,
        IReadOnlyDictionary<string, Form<T>> catalogue,
        Func<string, string?>? ours = null,
        RuleVariables? variables = null
    )
    {
        TextForm parsed = TextForm.Parse(text, what);
        if (!catalogue.TryGetValue(parsed.Name, out Form<T>? form))
        {
            throw ours?.Invoke(parsed.Name) is { } called
                ? new SpellingException($"unknown {what} {Spelling.Quote(parsed.Name)}; here it is called {called}")
                : SpellingException.Unknown(what, parsed.Name, [.. catalogue.Keys]);
        }
        return (form, form.Read(parsed, what, variables));
    }

    /// <summary>The canonical spelling: arguments that stand at their default are left out.</summary>
    public string Print(FormArguments arguments)
    {
        var written = new List<string>();
        for (int i = 0; i < arguments.Values.Length; i++)
        {
            FormParameter parameter = ParameterAt(i);
            FormValue value = arguments.Values[i];
            if (parameter.Positional)
            {
                written.Add(parameter.Print(value));
            }
            else if (parameter.AlwaysPrinted || !value.Equals(parameter.DefaultValue))
            {
                written.Add($"{parameter.Name}={parameter.Print(value)}");
            }
        }
        return written.Count == 0 ? Name : $"{Name}({string.Join(",", written)})";
    }

    /// <summary>The parameter of a value: values beyond the last parameter are its list's.</summary>
    private FormParameter ParameterAt(int index) =>
        index >= Parameters.Length && Parameters[^1].IsList ? Parameters[^1] : Parameters[index];

    private FormArguments Read(TextForm text, string what, RuleVariables? variables)
    {
        FormParameter? list = Parameters.LastOrDefault() is { IsList: true } last ? last : null;
        FormValue[] values = [.. Parameters.Where(p => !p.IsList).Select(p => p.DefaultValue)];
        var listed = new List<FormValue>();
        var given = new bool[values.Length];
        for (int i = 0; i < text.Arguments.Length; i++)
        {
            (string? key, string value) = text.Arguments[i];
            if (list is not null && (key is null ? i >= values.Length : key == list.Name))
            {
                listed.Add(
                    key is null
                        ? list.Parse(value, $"{what} '{Name}'", variables)
                        : throw new SpellingException(
                            $"the {what} '{Name}' takes its {key} without a name: {Name}(first,second,...)"
                        )
                );
                continue;
            }
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
            values[at] = Parameters[at].Parse(value, $"{what} '{Name}'", variables);
        }
        for (int i = 0; i < values.Length; i++)
        {
            if (Parameters[i].Required && !given[i])
            {
                string written = Parameters[i].Positional ? "" : "=...";
                throw new SpellingException(
                    $"the {what} '{Name}' needs its argument: {Name}({Parameters[i].Name}{written})"
                );
            }
        }
        return list is null || listed.Count > 0
            ? new([.. values, .. listed])
            : throw new SpellingException($"the {what} '{Name}' needs its {list.Name}: {Name}(first,second,...)");

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

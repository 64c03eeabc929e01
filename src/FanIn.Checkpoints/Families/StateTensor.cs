namespace FanIn.Checkpoints;

/// <summary>One tensor of a model's state: a parameter, or a buffer.</summary>
internal sealed record StateTensor(ParameterDescription? Parameter, CheckpointBuffer? Buffer)
{
    public string Name => Parameter?.Name ?? Buffer!.Name;

    /// <summary>The same of a module by this path, which has a dot at its end where it isn't empty.</summary>
    public StateTensor Within(string prefix) =>
        Parameter is not null
            ? new(Parameter with { Name = prefix + Parameter.Name }, null)
            : new(null, Buffer! with { Name = prefix + Buffer.Name });

    /// <summary>The same stored in another floating-point type; integers stay what they are.</summary>
    /// <exception cref="InvalidOperationException">A buffer has content of its own in another type.</exception>
    public StateTensor StoredAs(ElementType type) =>
        Parameter is not null ? new(Parameter with { ElementType = type }, null)
        : Buffer!.Type.ToElementType() is not { } own || own == type ? this
        : !Buffer.Content.IsEmpty
            ? throw new InvalidOperationException(
                $"The content of {Name} is {Spelling.Word(own)}; say the type where the model is described."
            )
        : new(null, Buffer with { Type = type.ToSafetensorsType() });

    public SafetensorsTensor ToSafetensors() =>
        Parameter is not null
            ? new(Name, Parameter.ElementType.ToSafetensorsType(), Parameter.Tensor.Shape.AsSpan())
            : new(Name, Buffer!.Type, Buffer.Shape.AsSpan());
}

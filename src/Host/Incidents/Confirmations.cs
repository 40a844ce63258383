namespace Unlearning.Host.Incidents;

/// <summary>Says that incidents were confirmed in this process, for whoever starts runs over them.</summary>
public sealed class Confirmations
{
    /// <summary>Raised after the commit; handlers must return at once.</summary>
    public event Action? Confirmed;

    /// <summary>Tells the listeners.</summary>
    public void Raise() => Confirmed?.Invoke();
}

"""Returns variables as they are, and renders no template in them.

Up to ansible-core 2.18 the message of a host that is unreachable is rendered where it
is used. An SSH server can put any text into it, without a host key or a login, and so
could run commands on the controller. What a lookup returns is not rendered.
"""

from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        return [variables.get(name, {}) for name in terms]
